import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import type { ResponseSink } from "@cosup/core/runtime";
import { afterEach, describe, expect, it } from "vitest";
import { pseudoRandomBytes } from "../../../test/fixtures/pseudo-random.ts";
import { ReceiveBuffers } from "../src/receive-buffers.ts";
import { transport } from "./transport-rig.ts";
import { wireRequest, wireServer } from "./wire-server.ts";

/** Bytes of a pseudo-random body: several reads of the largest buffer. */
const SIZE = 3_000_000;

describe("the memory of a connection", () => {
  const small = Buffer.alloc(64);
  /** Reads `count` bytes of this value. */
  const read = (buffers: ReceiveBuffers, into: Buffer, value: number, count = 10): Buffer => {
    into.fill(value, 0, count);
    return buffers.received(count);
  };

  it("is read into again, and what was read is copied", () => {
    const buffers = new ReceiveBuffers(small);
    const first = read(buffers, small, 1);
    expect(buffers.next()).toBe(small);
    read(buffers, small, 2);
    expect(first).toEqual(Buffer.alloc(10, 1));
  });

  it("is lent to a sink, and read into again only when all of it was given back", () => {
    const buffers = new ReceiveBuffers(small);
    buffers.lend();
    const one = buffers.next();
    const lent = read(buffers, one, 1);
    expect(lent.buffer).toBe(one.buffer);
    const other = buffers.next();
    expect(other).not.toBe(one);
    read(buffers, other, 2);
    buffers.giveBack(lent.subarray(0, 9));
    expect([one, other]).not.toContain(buffers.next());
    buffers.giveBack(lent.subarray(9));
    expect(buffers.next()).toBe(one);
  });

  it("that nobody gives back is never read into", () => {
    const buffers = new ReceiveBuffers(small);
    buffers.lend();
    const lent = Array.from({ length: 20 }, (_, value) => read(buffers, buffers.next(), value));
    expect(lent.map((chunk) => chunk[0])).toEqual(lent.map((_, value) => value));
  });

  it("is copied after the end of the response that the sink took", () => {
    const buffers = new ReceiveBuffers(small);
    buffers.lend();
    const large = buffers.next();
    buffers.endLending();
    expect(read(buffers, large, 1).buffer).not.toBe(large.buffer);
    expect(buffers.next()).toBe(small);
  });
});

const body = Buffer.from(pseudoRandomBytes(SIZE, 9));

/** Takes a body as a slow disk does: each chunk stays in its memory until some time later. */
function slowSink(): ResponseSink & { readonly taken: Buffer } {
  const taken = Buffer.alloc(SIZE);
  let at = 0;
  return {
    taken,
    begin: () => true,
    write: async (chunk) => {
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      at += Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).copy(taken, at);
    },
    moved: () => true,
  };
}

/** Lets undici end the request before: otherwise, the next one gets a connection of its own. */
const connectionIsFree = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("a connection", () => {
  it("gives a slow sink, a stream and a collected response their own bytes, one after the other", async () => {
    const { url, sockets } = await wireServer((request, response) => {
      response.end(request.url === "/text" ? body.toString("hex", 0, 20_000) : body);
    });
    const sender = transport();
    for (let round = 0; round < 2; round += 1) {
      const sink = slowSink();
      await sender.send(wireRequest(`${url}/sink`, { bufferResponse: true, sink }));
      await connectionIsFree();
      expect(sink.taken.equals(body)).toBe(true);
      const text = await sender.send(wireRequest(`${url}/text`, { bufferResponse: true }));
      await connectionIsFree();
      const { body: stream } = await sender.send(wireRequest(`${url}/stream`));
      // All chunks are kept until the last one is there.
      const chunks: Uint8Array[] = [];
      for await (const chunk of stream ?? []) chunks.push(chunk);
      expect(Buffer.concat(chunks).equals(body)).toBe(true);
      await connectionIsFree();
      expect(await text.text()).toBe(body.toString("hex", 0, 20_000));
    }
    expect(sockets).toHaveLength(1);
  });
});

describe("the head of a response in several reads", () => {
  let close: (() => void) | undefined;
  afterEach(() => close?.());

  it("is read whole, also after a body that a sink took", async () => {
    let requests = 0;
    const server = createServer((socket) => {
      const sendHead = (pieces: readonly string[]): void => {
        const [piece = "", ...more] = pieces;
        // Long enough apart to be read apart; read together, they show nothing.
        socket.write(piece, () => more.length > 0 && setTimeout(sendHead, 20, more));
      };
      socket.on("data", () => {
        requests += 1;
        const head = `HTTP/1.1 200 OK\r\ncontent-length: ${requests === 1 ? SIZE : 2}\r\n`;
        if (requests === 1) socket.write(Buffer.concat([Buffer.from(`${head}\r\n`), body]));
        else
          sendHead([`${head}x-one: first value\r\nx-two: sec`, "ond value\r\nx-three: third\r", "\n\r\nok"]);
      });
    });
    close = () => server.close();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const sender = transport();
    const sink = slowSink();
    await sender.send(wireRequest(url, { bufferResponse: true, sink }));
    await connectionIsFree();
    expect(sink.taken.equals(body)).toBe(true);
    const { headers } = await sender.send(wireRequest(url, { bufferResponse: true }));
    expect(["x-one", "x-two", "x-three"].map((name) => headers.get(name))).toEqual([
      "first value",
      "second value",
      "third",
    ]);
  });
});
