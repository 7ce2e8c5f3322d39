import { describe, expect, it } from "vitest";
import { caught } from "./caught.ts";
import { transport } from "./transport-rig.ts";
import { bodyOf, wireRequest, wireServer } from "./wire-server.ts";

const LENGTH = 100_000;
const LOST = { code: "source-changed", message: "the bytes were transferred while they were uploaded" };

/** Not in every `lib`. */
type Resizable = ArrayBuffer & { resize(length: number): void };
const ResizableBuffer = ArrayBuffer as unknown as new (length: number, options: object) => Resizable;

/** Ways in which a body loses its bytes. */
const LOSSES: readonly [name: string, view: () => [body: Uint8Array<ArrayBuffer>, lose: () => void]][] = [
  [
    "WASM memory that grows",
    () => {
      const memory = new WebAssembly.Memory({ initial: 4 });
      return [new Uint8Array(memory.buffer, 65_536, LENGTH), () => memory.grow(1)];
    },
  ],
  [
    "a buffer that is transferred",
    () => {
      const body = new Uint8Array(LENGTH);
      return [body, () => structuredClone(body, { transfer: [body.buffer] })];
    },
  ],
  [
    "a resizable buffer that shrinks",
    () => {
      const buffer = new ResizableBuffer(LENGTH, { maxByteLength: LENGTH });
      return [new Uint8Array(buffer, 0, LENGTH), () => buffer.resize(10)];
    },
  ],
];

/** A server that counts its requests. */
async function countingServer(): Promise<{ url: string; seen: { requests: number } }> {
  const seen = { requests: 0 };
  const { url } = await wireServer(async (request, response) => {
    seen.requests += 1;
    await bodyOf(request);
    response.end();
  });
  return { url, seen };
}

describe.each(LOSSES)("a body in %s", (_name, lossy) => {
  it("is an error and no request, when the bytes are lost before", async () => {
    const { url, seen } = await countingServer();
    const [body, lose] = lossy();
    lose();
    for (const bufferResponse of [true, false]) {
      const sent = transport().send(wireRequest(url, { method: "PUT", body, bufferResponse }));
      expect(await caught(sent)).toMatchObject(LOST);
    }
    expect(seen.requests).toBe(0);
  });

  it("is an error and no request, when the bytes are lost while it waits for its connection", async () => {
    const { url, seen } = await countingServer();
    const sender = transport();
    for (const bufferResponse of [true, false]) {
      const [body, lose] = lossy();
      // The connection is established a turn later.
      const sent = sender.send(
        wireRequest(url, { method: "PUT", body, bufferResponse, freshConnection: true }),
      );
      lose();
      expect(await caught(sent)).toMatchObject(LOST);
    }
    expect(seen.requests).toBe(0);
    // The transport still works.
    const body = new Uint8Array(LENGTH);
    await sender.send(wireRequest(url, { method: "PUT", body }));
    expect(seen.requests).toBe(1);
  });
});
