import { describe, expect, test } from "vitest";
import { SourceError } from "../../../src/errors.ts";
import type { ByteSource } from "../../../src/runtime/byte-source.ts";
import { caught, caughtAs } from "../../support/caught.ts";
import { pattern, Random } from "../../support/random.ts";
import { streamSource } from "../../support/stream-source.ts";

async function* yields(chunks: readonly unknown[]): AsyncGenerator<unknown> {
  yield* chunks;
}

/** Reads parts of `size` until the source ends; the lengths of the parts and all their bytes. */
async function readParts(source: ByteSource, size: number): Promise<{ lengths: number[]; bytes: Buffer }> {
  const parts: Buffer[] = [];
  const lengths: number[] = [];
  for (let start = 0; ; start += size) {
    const part = await source.read(start, start + size, new Uint8Array(size));
    lengths.push(part.length);
    parts.push(Buffer.from(part));
    if (part.length < size) return { lengths, bytes: Buffer.concat(parts) };
  }
}

function cut(bytes: Uint8Array, random: Random, largest: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = Math.min(bytes.length, start + random.between(0, largest));
    chunks.push(bytes.subarray(start, end));
    start = end;
  }
  return chunks;
}

describe("streamSource()", () => {
  test("fills parts exactly for any chunks", async () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const random = new Random(seed);
      const bytes = pattern(random.between(0, 5000), seed);
      const size = random.pick([1, 7, 100, 1024, 5000]);
      const chunks = cut(bytes, random, random.pick([1, 64, 3000]));
      const { lengths, bytes: read } = await readParts(streamSource(yields(chunks), undefined), size);
      expect(Buffer.compare(read, bytes), `seed ${seed}`).toBe(0);
      expect(
        lengths.slice(0, -1).every((length) => length === size),
        `seed ${seed}`,
      ).toBe(true);
      expect(lengths.at(-1), `seed ${seed}`).toBe(bytes.length % size);
    }
  });

  test("reads a web stream as it reads an iterable", async () => {
    const bytes = pattern(10_000);
    const { bytes: read } = await readParts(streamSource(new Blob([bytes]).stream(), undefined), 999);
    expect(Buffer.compare(read, bytes)).toBe(0);
  });

  test("takes strings as UTF-8, and every kind of bytes", async () => {
    const two = new Uint16Array([0x6261, 0x6463]);
    const chunks = [
      "中",
      new Uint8Array([1]),
      new Uint8Array([2, 3]).buffer,
      two,
      new DataView(two.buffer, 1, 2),
      "",
    ];
    const { bytes } = await readParts(streamSource(yields(chunks), undefined), 100);
    expect([...bytes]).toEqual([0xe4, 0xb8, 0xad, 1, 2, 3, 0x61, 0x62, 0x63, 0x64, 0x62, 0x63]);
  });

  test.each([5, null, undefined, {}, [1]])("refuses a chunk of %j by name", async (chunk) => {
    const source = streamSource(yields([chunk]), undefined);
    expect(await caught(source.read(0, 10, new Uint8Array(10)))).toMatchObject({
      name: "TypeError",
      message: expect.stringMatching(/^Body: .*bytes or strings/),
    });
  });

  test("keeps no reference to the producer's memory, which may be reused", async () => {
    const slab = new Uint8Array(10);
    async function* reusing(): AsyncGenerator<Uint8Array> {
      for (let round = 1; round <= 4; round += 1) yield slab.fill(round);
    }
    const source = streamSource(reusing(), undefined);
    const first = Buffer.from(await source.read(0, 15, new Uint8Array(15)));
    slab.fill(99);
    const second = Buffer.from(await source.read(15, 30, new Uint8Array(15)));
    expect([...first, ...second]).toEqual(
      [1, 2, 3].flatMap((value) => Array.from({ length: 10 }, () => value)),
    );
  });

  test("is read once in order, and cannot be resumed in another process", () => {
    const source = streamSource(yields([]), 7);
    expect(source).toMatchObject({ size: 7, fingerprint: undefined, access: "sequential", inMemory: false });
  });

  test("stays at its end", async () => {
    const source = streamSource(yields([new Uint8Array(3)]), undefined);
    expect((await source.read(0, 10, new Uint8Array(10))).length).toBe(3);
    expect((await source.read(10, 20, new Uint8Array(10))).length).toBe(0);
    expect((await source.read(20, 30, new Uint8Array(10))).length).toBe(0);
  });
});

describe("streamSource() of a stream that fails", () => {
  const failure = new Error("the disk is on fire");

  test.each([
    ["a web stream", () => new ReadableStream({ pull: (controller) => controller.error(failure) })],
    [
      "an iterable",
      async function* (): AsyncGenerator<Uint8Array> {
        yield new Uint8Array(2);
        throw failure;
      },
    ],
    [
      "an iterator whose next() throws at once",
      () => ({
        [Symbol.asyncIterator]: () => ({
          next: (): never => {
            throw failure;
          },
        }),
      }),
    ],
  ])("rejects with the cause: %s", async (_, open) => {
    const source = streamSource(open() as ReadableStream | AsyncIterable<unknown>, undefined);
    const error = await caughtAs(source.read(0, 10, new Uint8Array(10)), SourceError);
    expect(error).toMatchObject({ code: "source-unreadable", cause: failure, retryable: false });
    await source.close();
  });
});

describe("streamSource() and an abort", () => {
  const reason = new Error("enough");

  test("rejects with the reason while the stream is paused", async () => {
    const controller = new AbortController();
    for (const input of [
      new ReadableStream(),
      { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) },
    ]) {
      const source = streamSource(input, undefined);
      const reading = source.read(0, 10, new Uint8Array(10), controller.signal);
      controller.abort(reason);
      expect(await caught(reading)).toBe(reason);
      await source.close();
    }
  });

  test("close() cancels a web stream, also with a read pending", async () => {
    let cancelled = 0;
    const stream = new ReadableStream({
      cancel: () => {
        cancelled += 1;
      },
    });
    const controller = new AbortController();
    const source = streamSource(stream, undefined);
    const reading = source.read(0, 10, new Uint8Array(10), controller.signal);
    controller.abort(reason);
    await caught(reading);
    await source.close();
    expect(cancelled).toBe(1);
  });

  test("close() calls return() only of a generator that has not ended", async () => {
    let returned = 0;
    async function* counted(count: number): AsyncGenerator<Uint8Array> {
      try {
        for (let index = 0; index < count; index += 1) yield new Uint8Array(10);
      } finally {
        returned += 1;
      }
    }
    const half = streamSource(counted(5), undefined);
    await half.read(0, 10, new Uint8Array(10));
    await half.close();
    await new Promise(setImmediate);
    expect(returned).toBe(1);
    const whole = streamSource(counted(1), undefined);
    await readParts(whole, 10);
    expect(returned).toBe(2);
    await whole.close();
    expect(returned).toBe(2);
  });

  test("close() does not wait for a generator that hangs", async () => {
    async function* hangs(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(1);
      await new Promise(() => {});
    }
    const controller = new AbortController();
    const source = streamSource(hangs(), undefined);
    const reading = source.read(0, 10, new Uint8Array(10), controller.signal);
    controller.abort(reason);
    await caught(reading);
    await source.close();
  });
});
