import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { ByteSource } from "../../../src/runtime/byte-source.ts";
import { caught } from "../../support/caught.ts";
import { pattern, Random } from "../../support/random.ts";
import { streamSource } from "../../support/stream-source.ts";

/** A stream that yields a chunk when the test asks for it. */
function handFed() {
  let give: (chunk: Uint8Array | undefined) => void = () => {};
  let fail: (error: Error) => void = () => {};
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = await new Promise<Uint8Array | undefined>((resolve, reject) => {
        give = resolve;
        fail = reject;
      });
      if (chunk === undefined) return;
      yield chunk;
    }
  }
  const source = streamSource(chunks(), undefined);
  const settle = (): Promise<void> => wait(0);
  return {
    source,
    give: async (chunk: Uint8Array | undefined) => {
      await settle();
      give(chunk);
      await settle();
    },
    fail: async (error: Error) => {
      await settle();
      fail(error);
      await settle();
    },
  };
}

describe("a read of a stream that is interrupted", () => {
  test("resolves with the bytes it has, and no longer writes to its memory", async () => {
    const { source, give } = handFed();
    const into = new Uint8Array(8);
    const read = source.read(0, 8, into);
    await give(new Uint8Array([1, 2, 3]));
    source.interrupt?.();
    expect([...(await read)]).toEqual([1, 2, 3]);
    await give(new Uint8Array([4, 5]));
    expect([...into]).toEqual([1, 2, 3, 0, 0, 0, 0, 0]);
    const next = source.read(3, 5, new Uint8Array(2));
    expect([...(await next)]).toEqual([4, 5]);
  });

  test("reports a later failure in the next read, once", async () => {
    const { source, fail } = handFed();
    const read = source.read(0, 8, new Uint8Array(8));
    await wait(0);
    source.interrupt?.();
    expect(await read).toHaveLength(0);
    await fail(new Error("reset"));
    expect(await caught(source.read(0, 8, new Uint8Array(8)))).toMatchObject({ code: "source-unreadable" });
  });

  test("may be the last one, and the end is seen by the next read", async () => {
    const { source, give } = handFed();
    const read = source.read(0, 8, new Uint8Array(8));
    await wait(0);
    source.interrupt?.();
    await give(undefined);
    expect(await read).toHaveLength(0);
    expect(await source.read(0, 8, new Uint8Array(8))).toHaveLength(0);
  });

  test("does nothing when no read is under way", async () => {
    const source: ByteSource = streamSource(new Blob([new Uint8Array(5)]).stream(), undefined);
    source.interrupt?.();
    expect(await source.read(0, 5, new Uint8Array(5))).toHaveLength(5);
    source.interrupt?.();
    expect(await source.read(5, 6, new Uint8Array(1))).toHaveLength(0);
  });

  test("loses no byte, at any instant of the interruption", async () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const random = new Random(seed);
      const bytes = pattern(random.between(1, 4000), seed);
      async function* chunks(): AsyncGenerator<Uint8Array> {
        for (let at = 0; at < bytes.length; ) {
          const end = at + random.between(1, 300);
          yield bytes.slice(at, end);
          if (random.next() < 0.5) await wait(0);
          at = end;
        }
      }
      const source = streamSource(chunks(), undefined);
      const got: Buffer[] = [];
      for (let at = 0, length = 1, interrupted = false; length > 0 || interrupted; at += length) {
        interrupted = random.next() < 0.5;
        const read = source.read(at, at + 500, new Uint8Array(500));
        if (interrupted) {
          if (random.next() < 0.5) await wait(0);
          source.interrupt?.();
        }
        const part = await read;
        length = part.length;
        got.push(Buffer.from(part));
      }
      expect(Buffer.compare(Buffer.concat(got), bytes), `seed ${seed}`).toBe(0);
    }
  });
});
