import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { ResponseSink, WireRequest, WireResponse } from "@cosup/core/runtime";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Transport } from "../src/transport.ts";
import { transport } from "./transport-rig.ts";
import { wireRequest } from "./wire-server.ts";

/** How often llhttp was given bytes. */
let readByLlhttp = 0;
const { Instance } = WebAssembly;
/** A constructor, which an arrow function is not. */
function countedInstance(module: WebAssembly.Module, imports?: WebAssembly.Imports): WebAssembly.Instance {
  const { exports } = new Instance(module, imports);
  const execute = exports.llhttp_execute as ((...words: number[]) => number) | undefined;
  if (execute === undefined) return { exports };
  const counted = (...words: number[]): number => {
    readByLlhttp += 1;
    return execute(...words);
  };
  return { exports: { ...exports, llhttp_execute: counted } };
}
beforeAll(() => {
  vi.spyOn(WebAssembly, "Instance").mockImplementation(countedInstance);
});
afterAll(() => vi.restoreAllMocks());
beforeEach(() => {
  readByLlhttp = 0;
});

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

/** A server whose responses are these, one for each request; those of one response are written one after the other. */
async function serving(...responses: (readonly string[])[]): Promise<string> {
  const left = [...responses];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    socket.on("data", async () => {
      for (const piece of left.shift() ?? []) {
        await new Promise((resolve) => socket.write(piece, resolve));
        // The client shares the event loop: between a timer, even one that is late, and setImmediate it reads the piece.
        await new Promise((resolve) => setTimeout(resolve, 20));
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
  });
  servers.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const PART = `HTTP/1.1 200 OK\r\nContent-Length: 0\r\nETag: "a"\r\n\r\n`;
const BODY = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody";
const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n";

/** Sends a PUT, or another request. undici takes a connection again only in the next turn of the event loop. */
async function send(sender: Transport, url: string, rest: Partial<WireRequest> = {}): Promise<WireResponse> {
  await new Promise(setImmediate);
  return sender.send(
    wireRequest(url, { method: "PUT", body: Buffer.from("x"), bufferResponse: true, ...rest }),
  );
}

describe("a short response", () => {
  it("is read without llhttp, and its connection used again", async () => {
    const url = await serving([PART], [BODY], [CHUNKED], [PART], [CHUNKED]);
    const sender = transport();
    const whole = await send(sender, url);
    expect([whole.status, whole.headers.get("etag"), await whole.text()]).toEqual([200, '"a"', ""]);
    expect(await (await send(sender, url)).text()).toBe("body");
    expect(await (await send(sender, url)).text()).toBe("body");
    expect(await (await send(sender, url, { bufferResponse: false })).text()).toBe("");
    expect(await (await send(sender, url, { bufferResponse: false })).text()).toBe("body");
    expect([readByLlhttp, sockets.length]).toEqual([0, 1]);
  });

  it("may follow one that llhttp has read, and one that came in pieces", async () => {
    const hints = "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n";
    const url = await serving([hints, BODY], [BODY.slice(0, 30), BODY.slice(30)], [PART]);
    const sender = transport();
    expect(await (await send(sender, url)).text()).toBe("body");
    expect(readByLlhttp).toBe(1);
    expect(await (await send(sender, url)).text()).toBe("body");
    expect(readByLlhttp).toBe(3);
    expect((await send(sender, url)).headers.get("etag")).toBe('"a"');
    expect([readByLlhttp, sockets.length]).toEqual([3, 1]);
  });

  it("ends when its sink has taken what it was given", async () => {
    const url = await serving([CHUNKED], [PART]);
    const sender = transport();
    const events: string[] = [];
    const sink: ResponseSink = {
      begin: () => true,
      write: async (chunk) => {
        events.push(`takes ${Buffer.from(chunk)}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
        events.push("has taken it");
      },
      moved: () => true,
    };
    await send(sender, url, { sink });
    events.push("ends");
    expect(events).toEqual(["takes bo", "has taken it", "takes dy", "has taken it", "ends"]);
    await send(sender, url);
    expect([readByLlhttp, sockets.length]).toEqual([0, 1]);
  });

  it("with bytes that nobody asked for ends its connection", async () => {
    const url = await serving([BODY], [PART], [PART]);
    const sender = transport();
    const head = await send(sender, url, { method: "HEAD", body: undefined });
    expect(head.headers.get("content-length")).toBe("4");
    await send(sender, url);
    expect(sockets.length).toBe(2);
  });

  it("that nobody waits for ends its connection", async () => {
    const url = await serving([PART], [PART]);
    const sender = transport();
    await send(sender, url);
    sockets[0]?.write(PART);
    await once(sockets[0] as Socket, "close");
    await send(sender, url);
    expect(sockets.length).toBe(2);
  });
});
