import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Digester, digestOf } from "../../src/digest/index.ts";
import { crc64Of } from "../support/memory-target.ts";

const MiB = 1024 * 1024;
const bytes = randomBytes(9 * MiB + 13);
const expected = {
  size: bytes.length,
  crc64: String(crc64Of(bytes)),
  md5: createHash("md5").update(bytes).digest("hex"),
};

/** Chunks of several sizes; the buffer of each is overwritten when the next one is asked for, as a reader may do. */
async function* reused(): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(700_000);
  for (let start = 0, size = 1; start < bytes.length; start += size, size = Math.min(size * 3, 700_000)) {
    const chunk = bytes.subarray(start, start + size);
    buffer.fill(0).set(chunk);
    yield buffer.subarray(0, chunk.length);
    size = chunk.length;
  }
}

test("bytes, iterables, Blobs and web streams have the checksums that other implementations compute", async () => {
  for (const input of [bytes, reused(), new Blob([bytes]), new Blob([bytes]).stream()])
    expect(await digestOf(input, { md5: true })).toEqual(expected);
});

test("a web stream that cannot be iterated is read, and canceled when the work is stopped", async () => {
  let canceled = false;
  const plain = (...parts: Uint8Array[]): ReadableStream<Uint8Array> => {
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        const part = parts.shift();
        if (part === undefined) controller.close();
        else controller.enqueue(part);
      },
      cancel: () => {
        canceled = true;
      },
    });
    return { getReader: () => stream.getReader() } as ReadableStream<Uint8Array>;
  };
  expect(await digestOf(plain(bytes.subarray(0, 5), bytes.subarray(5)), { md5: true })).toEqual(expected);
  expect(canceled).toBe(false);
  const stop = new AbortController();
  const stopped = digestOf(plain(bytes, bytes), { signal: stop.signal });
  stop.abort(new Error("enough"));
  await expect(stopped).rejects.toThrow("enough");
  expect(canceled).toBe(true);
});

test("a file by Node's stream, and what comes after an early result", async () => {
  const folder = await mkdtemp(join(tmpdir(), "cosup-digest-"));
  try {
    await writeFile(join(folder, "file"), bytes);
    const { md5, ...rest } = expected;
    expect(await digestOf(createReadStream(join(folder, "file")))).toEqual({ ...rest, md5: undefined });
    expect(md5).toHaveLength(32);
  } finally {
    await rm(folder, { recursive: true });
  }
  const [one, other] = [new Digester({ md5: true }), new Digester({ md5: true })];
  one.update(bytes.subarray(0, 100));
  other.update(bytes);
  expect(one.result()).toMatchObject({ size: 100, crc64: String(crc64Of(bytes.subarray(0, 100))) });
  expect(one.update(bytes.subarray(100)).result()).toEqual(expected);
  expect(other.result()).toEqual(expected);
  expect(new Digester({ md5: true }).result()).toEqual({
    size: 0,
    crc64: "0",
    md5: "d41d8cd98f00b204e9800998ecf8427e",
  });
});

test("the buffer of a digester is its own, and is read in place", () => {
  const [one, other] = [new Digester({ md5: true, bufferBytes: 2 * MiB }), new Digester({ bufferBytes: 1 })];
  expect([one.buffer.length, other.buffer.length, new Digester().buffer.length]).toEqual([2 * MiB, 1, 0]);
  for (let start = 0; start < bytes.length; start += MiB) {
    const half = one.buffer.subarray((start / MiB) % 2 === 0 ? 0 : MiB).subarray(0, bytes.length - start);
    half.set(bytes.subarray(start, start + MiB));
    one.update(half.subarray(0, MiB));
    other.buffer.fill(start);
    new Digester({ bufferBytes: MiB }).buffer.fill(255);
  }
  expect(one.result()).toEqual(expected);
  // Bytes from elsewhere are copied, as without a buffer.
  expect(other.update(bytes).result()).toMatchObject({ size: bytes.length, crc64: expected.crc64 });
});

test.each([[-1], [1.5], [Number.NaN], [2 ** 30 + 1]])("a buffer of %d bytes is refused", (bufferBytes) => {
  expect(() => new Digester({ bufferBytes })).toThrow("bufferBytes: must be a whole number, 0 to 1073741824");
  expect(() => new Digester({ bufferBytes: "1" as unknown as number })).toThrow(
    "bufferBytes: must be a number",
  );
});

test("what is no bytes is refused by name", async () => {
  const text = async function* () {
    yield "text";
  };
  const refused = async (input: unknown, options: unknown, says: string): Promise<void> => {
    await expect(digestOf(input as Uint8Array, options as object)).rejects.toThrow(says);
  };
  await refused("text", {}, "input: must be a Uint8Array, a stream");
  await refused(text(), {}, "bytes: must be a Uint8Array");
  await refused(bytes, { md6: true }, "md6: is unknown; there are md5, signal");
  await refused(bytes, { md5: 1 }, "md5: must be true or false");
  await refused(bytes, null, "options: must be an object");
  const moved = new Uint8Array(8);
  structuredClone(moved, { transfer: [moved.buffer] });
  expect(() => new Digester().update(moved)).toThrow("bytes: must not have a transferred buffer");
});
