import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { Worker } from "node:worker_threads";
import type { BodyInBlocks, WireRequest } from "@cosup/core/runtime";
import { Agent } from "undici";
import { afterEach, describe, expect, it, vi } from "vitest";
import { WRITE_BYTES } from "../src/body-in-blocks.ts";
import { transport } from "./transport-rig.ts";
import { bodyOf, wireRequest, wireServer } from "./wire-server.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  vi.unstubAllEnvs();
});

function put(url: string, rest: Partial<WireRequest>): WireRequest {
  return wireRequest(url, { method: "PUT", bufferResponse: true, ...rest });
}

const sha1 = (bytes: Uint8Array): string => createHash("sha1").update(bytes).digest("hex");

/** A body that gives all blocks in the same memory. */
class Blocks implements BodyInBlocks {
  readonly length: number;
  readonly asked: number[] = [];
  failAt = Number.POSITIVE_INFINITY;
  readonly #memory: Uint8Array;

  constructor(
    readonly content: Uint8Array,
    readonly size = WRITE_BYTES,
  ) {
    this.length = content.length;
    this.#memory = new Uint8Array(size);
  }

  block(at: number): Uint8Array | Promise<Uint8Array> {
    if (at >= this.failAt) throw new Error("the disk is broken");
    this.asked.push(at);
    const content = this.content.subarray(at, at + this.size);
    this.#memory.set(content);
    const block = this.#memory.subarray(0, content.length);
    return this.asked.length % 2 === 0 ? Promise.resolve(block) : block;
  }
}

/**
 * A server in a thread of its own, which responds to a request of 1 MiB in the moment in which it has arrived, with the number
 * of connections so far.
 */
async function quickServer(): Promise<number> {
  const folder = new URL("../../../test/fixtures/tls/", import.meta.url);
  const pem = (name: string): string => readFileSync(new URL(name, folder), "utf8");
  const worker = new Worker(
    `const { createServer } = require("node:tls");
    const { parentPort, workerData } = require("node:worker_threads");
    let connections = 0;
    const server = createServer(workerData, (socket) => {
      connections += 1;
      let missing = 0;
      socket.on("error", () => {});
      socket.on("data", (chunk) => {
        const head = missing === 0 ? chunk.indexOf("\\r\\n\\r\\n") + 4 : 0;
        if (missing === 0) missing = 1024 ** 2;
        missing -= chunk.length - head;
        const text = String(connections);
        if (missing === 0) socket.write("HTTP/1.1 200 OK\\r\\nContent-Length: " + text.length + "\\r\\n\\r\\n" + text);
      });
    });
    server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));`,
    { eval: true, workerData: { key: pem("key.pem"), cert: pem("localhost.pem") } },
  );
  closing.push(() => worker.terminate());
  const [port] = await once(worker, "message");
  return port;
}

describe("a body that is read while it is sent", () => {
  const content = randomBytes(9 * WRITE_BYTES + 11);

  it("arrives complete with its length, each block asked for once", async () => {
    const { url } = await wireServer(async (request, response) => {
      response.end(`${request.headers["content-length"]} ${sha1(await bodyOf(request))}`);
    });
    const blocks = new Blocks(content);
    const response = await transport().send(put(url, { blocks }));
    expect(await response.text()).toBe(`${content.length} ${sha1(content)}`);
    expect(blocks.asked).toEqual(Array.from({ length: 10 }, (_, index) => index * WRITE_BYTES));
  });

  it("keeps a block until the socket has passed it to the kernel, also one that the socket would queue", async () => {
    const { url } = await wireServer(async (request, response) => {
      request.pause();
      for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
      response.end(sha1(await bodyOf(request)));
    });
    const large = randomBytes(12 * 1024 ** 2);
    const response = await transport().send(put(url, { blocks: new Blocks(large, 8 * 1024) }));
    expect(await response.text()).toBe(sha1(large));
  });

  it("fails the request with the reason for which a block cannot be read", async () => {
    const { url } = await wireServer(async (request, response) => {
      await bodyOf(request).catch(() => {});
      response.end();
    });
    const blocks = new Blocks(content);
    blocks.failAt = 2 * WRITE_BYTES;
    await expect(transport().send(put(url, { blocks }))).rejects.toThrow("the disk is broken");
  });

  it("fails the request when it has become shorter", async () => {
    const { url } = await wireServer(async (request, response) => {
      await bodyOf(request).catch(() => {});
      response.end();
    });
    let asked = 0;
    const block = (): Uint8Array => {
      asked += 1;
      // Without this, the event loop would stand still and the test never end.
      if (asked > 5) throw new Error("asked for ever");
      return content.subarray(0, asked === 1 ? WRITE_BYTES : 0);
    };
    const sent = transport().send(put(url, { blocks: { length: content.length, block } }));
    await expect(sent).rejects.toThrow("shorter");
  });

  it("is asked for one block at most after the request was aborted", async () => {
    const { url, server } = await wireServer(() => {});
    const arrived = once(server, "request").then(([request]) => request.pause());
    const blocks = new Blocks(new Uint8Array(64 * WRITE_BYTES));
    const controller = new AbortController();
    const sent = transport().send(put(url, { blocks, signal: controller.signal }));
    await arrived;
    controller.abort(new Error("enough"));
    await expect(sent).rejects.toThrow("enough");
    const asked = blocks.asked.length;
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    expect(blocks.asked.length).toBeLessThanOrEqual(asked + 1);
    expect(asked).toBeLessThan(60);
  });

  it("arrives complete through a connection that is not ours", async () => {
    const { url } = await wireServer(async (request, response) => response.end(sha1(await bodyOf(request))));
    const dispatcher = new Agent();
    closing.push(() => dispatcher.destroy());
    const response = await transport({ dispatcher }).send(put(url, { blocks: new Blocks(content) }));
    expect(await response.text()).toBe(sha1(content));
  });

  async function secureServer() {
    const folder = new URL("../../../test/fixtures/tls/", import.meta.url);
    const pem = (name: string): Buffer => readFileSync(new URL(name, folder));
    const server = createSecureServer(
      { key: pem("key.pem"), cert: pem("localhost.pem") },
      async (request, response) => response.end(sha1(await bodyOf(request))),
    );
    await once(server.listen(0, "127.0.0.1"), "listening");
    closing.push(() => server.close());
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/` };
  }

  it("arrives complete over TLS, and so does one that is in memory", async () => {
    const { url } = await secureServer();
    const secure = transport();
    const send = async (body: Partial<WireRequest>): Promise<string> =>
      (await secure.send(put(url, body))).text();
    expect(await send({ blocks: new Blocks(content) })).toBe(sha1(content));
    expect(await send({ body: content })).toBe(sha1(content));
  });

  it("leaves its connection to the next request, however soon the response comes", async () => {
    const port = await quickServer();
    const secure = transport();
    const url = `https://127.0.0.1:${port}/`;
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    let connections = 0;
    for (let request = 0; request < 100; request += 1) {
      const blocks = new Blocks(content.subarray(0, 4 * WRITE_BYTES));
      connections = Number(await (await secure.send(put(url, { blocks }))).text());
    }
    // When the second request is dispatched, undici has not given the first one's connection back yet.
    expect(connections).toBeLessThanOrEqual(2);
  });
});
