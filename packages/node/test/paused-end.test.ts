import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import type { ResponseSink } from "@cosup/core/runtime";
import { afterEach, describe, expect, it } from "vitest";
import { transportFailure } from "../src/transport-error.ts";
import { caught } from "./caught.ts";
import { transport } from "./transport-rig.ts";
import { wireRequest } from "./wire-server.ts";

/** More than is read ahead, by one read: the response is paused when its last byte has come. */
const SIZE = 70_000;
const body = Buffer.alloc(SIZE, "body");
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A server that sends so many bytes of a body of {@link SIZE}, and ends the connection. `ended` resolves after that. */
async function closing(bytes: number, framing = `content-length: ${SIZE}`) {
  let note: (() => void) | undefined;
  const ended = new Promise<void>((resolve) => {
    note = resolve;
  });
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      const head = `HTTP/1.1 200 OK\r\nconnection: close\r\n${framing}\r\n\r\n`;
      socket.end(Buffer.concat([Buffer.from(head), body.subarray(0, bytes)]), () => note?.());
    });
  });
  servers.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, ended };
}

/** Lets everything happen that can happen by now. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Takes each chunk when `until` has resolved. */
function waitingSink(until: Promise<void>): ResponseSink & { readonly taken: Buffer[] } {
  const taken: Buffer[] = [];
  return {
    taken,
    begin: () => true,
    write: async (chunk) => {
      taken.push(Buffer.from(chunk));
      await until;
      await settle();
    },
    moved: () => true,
  };
}

describe("a connection that ends while its response is paused", () => {
  it("has brought all that its sink gets", async () => {
    const { url, ended } = await closing(SIZE);
    const sink = waitingSink(ended);
    await transport().send(wireRequest(url, { bufferResponse: true, sink }));
    expect(Buffer.concat(sink.taken).equals(body)).toBe(true);
  });

  it("before the end of the body is a reset", async () => {
    const { url, ended } = await closing(SIZE - 1);
    const sink = waitingSink(ended);
    const error = await caught(transport().send(wireRequest(url, { bufferResponse: true, sink })));
    expect(transportFailure(error)).toBe("reset");
  });

  it.each([
    ["with a length", `content-length: ${SIZE}`],
    ["without a length", "x-length: none"],
  ])("brings all that a late reader reads, %s", async (_, framing) => {
    const { url, ended } = await closing(SIZE, framing);
    const response = await transport().send(wireRequest(url));
    await ended;
    await settle();
    expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
  });

  it("fails a late reader when bytes are missing", async () => {
    const { url, ended } = await closing(SIZE - 1);
    const response = await transport().send(wireRequest(url));
    await ended;
    await settle();
    expect(transportFailure(await caught(response.arrayBuffer()))).toBe("reset");
  });

  it("is the same through a proxy", async () => {
    const { url, ended } = await closing(SIZE);
    const response = await transport({ proxy: url }).send(wireRequest("http://cos.example/"));
    await ended;
    await settle();
    expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
  });
});
