import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { isDetached, isIntact } from "../../src/digest/detached-buffer.ts";
import type { Digest, DigestCore } from "../../src/digest/digest-core.ts";
import { SourceError } from "../../src/errors.ts";
import { toHex } from "../../src/text/hex.ts";
import { caughtAs } from "../support/caught.ts";
import { createCore, MB } from "../support/core.ts";
import { crc64Of, md5Of } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

/** More than one turn of the MD5. */
const LONG = 2.5 * MB + 7;
const KB = 1024;
const unhandled = vi.fn();

let clock: VirtualClock;
let core: DigestCore;

beforeEach(async () => {
  clock = new VirtualClock();
  core = await createCore(MB, clock);
  unhandled.mockClear();
  process.on("unhandledRejection", unhandled);
});

afterEach(async () => {
  await new Promise(setImmediate);
  process.off("unhandledRejection", unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

/** What `postMessage(bytes, [bytes.buffer])` does to the sender's bytes. */
function transfer(bytes: Uint8Array<ArrayBuffer>): void {
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
}

/** Starts these digests, and runs `then` after their first turn. */
async function interrupted(
  jobs: readonly Uint8Array[],
  then: () => void,
): Promise<PromiseSettledResult<Digest>[]> {
  const digests = jobs.map((bytes) => core.digest(bytes, true));
  clock.timer(0, then);
  return clock.run(Promise.allSettled(digests));
}

async function expectRight(bytes: Uint8Array): Promise<void> {
  const { crc64, md5 = new Uint8Array(0) } = await clock.run(core.digest(bytes, true));
  expect([crc64, toHex(md5)]).toEqual([crc64Of(bytes), md5Of(bytes)]);
}

describe("bytes that are transferred away while their MD5 is computed", () => {
  test.each<[string, readonly number[]]>([
    ["in a lane", [1]],
    ["in the queue", [4]],
    ["in lanes and in the queue", [0, 3, 4, 5]],
    ["in every lane", [0, 1, 2, 3]],
    ["everywhere", [0, 1, 2, 3, 4, 5]],
  ])("%s fail alone: the others come out right, and so does the next", async (_, lost) => {
    const jobs = Array.from({ length: 6 }, (_, index) => pattern(LONG, index + 1));
    const expected = jobs.map(md5Of);
    const results = await interrupted(jobs, () => {
      for (const [index, bytes] of jobs.entries()) if (lost.includes(index)) transfer(bytes);
    });
    for (const [index, result] of results.entries()) {
      if (lost.includes(index))
        expect(result).toMatchObject({ reason: { name: "SourceError", code: "source-changed" } });
      else expect(result).toMatchObject({ status: "fulfilled" });
      if (result.status === "fulfilled")
        expect(toHex(result.value.md5 ?? new Uint8Array(0))).toBe(expected[index]);
    }
    await expectRight(pattern(LONG, 9));
  });

  test("are a SourceError without an MD5 too, and are not retried", async () => {
    const bytes = pattern(LONG);
    const digest = core.digest(bytes, true);
    clock.timer(0, () => transfer(bytes));
    const error = await caughtAs(clock.run(digest), SourceError);
    expect(error).toMatchObject({ code: "source-changed", retryable: false });
    expect(error.hint).toContain("leave the buffer alone");
    expect(clock.pending).toBe(0);
    await expectRight(pattern(LONG, 9));
  });

  test("count as detached too when their buffer shrinks", async () => {
    const buffer: ArrayBuffer & { resize?: (bytes: number) => void } = Reflect.construct(ArrayBuffer, [
      LONG,
      { maxByteLength: LONG },
    ]);
    const [result, other] = await interrupted([new Uint8Array(buffer, 0, LONG), pattern(LONG, 2)], () =>
      buffer.resize?.(MB),
    );
    expect(result).toMatchObject({ reason: { code: "source-changed" } });
    expect(other).toMatchObject({ status: "fulfilled" });
    await expectRight(pattern(LONG, 9));
  });

  test("but were empty are digested as no bytes", async () => {
    const none = new Uint8Array(new ArrayBuffer(8), 0, 0);
    const [, result] = await interrupted([pattern(LONG), none], () => {});
    expect(result).toMatchObject({ status: "fulfilled" });
    const digests = [core.digest(pattern(LONG), true), core.digest(none, true)] as const;
    transfer(none);
    const [, { crc64, md5 }] = await clock.run(Promise.all(digests));
    expect([crc64, toHex(md5 ?? new Uint8Array(0))]).toEqual([0n, md5Of(new Uint8Array(0))]);
  });
});

describe("bytes that are transferred away between two turns of their CRC64", () => {
  test.each([false, true])("are one SourceError, with or without an MD5: %s", async (withMd5) => {
    const bytes = new Uint8Array(40 * MB);
    const digest = core.digest(bytes, withMd5);
    clock.timer(0, () => transfer(bytes));
    expect(await caughtAs(clock.run(digest), SourceError)).toMatchObject({ code: "source-changed" });
    await expectRight(pattern(LONG, 9));
  });
});

test.each([false, true])(
  "bytes that were transferred before are not empty ones, MD5: %s",
  async (withMd5) => {
    const bytes = pattern(1000);
    transfer(bytes);
    expect(await caughtAs(core.digest(bytes, withMd5), SourceError)).toMatchObject({
      code: "source-changed",
    });
    await expectRight(new Uint8Array(0));
  },
);

describe("a view whose buffer may be detached", () => {
  test("is told from one that is empty, and from one that has bytes", () => {
    const bytes = pattern(KB);
    const empty = new Uint8Array(0);
    expect([isDetached(bytes), isDetached(empty), isIntact(bytes, KB), isIntact(bytes, 1)]).toEqual([
      false,
      false,
      true,
      false,
    ]);
    transfer(bytes);
    transfer(empty);
    expect([isDetached(bytes), isDetached(empty), isIntact(bytes, KB)]).toEqual([true, true, false]);
  });

  // Node 20 reads the former length in optimised code, once that code has met views of resizable buffers.
  test("is recognised in a process that has run for long, among views of every kind", () => {
    const kinds: readonly (() => Uint8Array<ArrayBuffer>)[] = [
      () => new Uint8Array(16),
      () => new Uint8Array(new ArrayBuffer(32), 8, 8),
      () => resizable(64),
    ];
    let missed = 0;
    for (let round = 0; round < 40_000; round += 1) {
      for (const create of kinds) {
        const bytes = create();
        const { length } = bytes;
        if (isDetached(bytes) || !isIntact(bytes, length)) missed += 1;
        if (round < 20_000) continue;
        transfer(bytes);
        if (!isDetached(bytes) || isIntact(bytes, length)) missed += 1;
      }
    }
    expect(missed).toBe(0);
  });
});

/** A view of a buffer that can be resized; TypeScript's library for ES2023 does not know the option. */
function resizable(length: number): Uint8Array<ArrayBuffer> {
  const Resizable = ArrayBuffer as new (length: number, options: { maxByteLength: number }) => ArrayBuffer;
  return new Uint8Array(new Resizable(length, { maxByteLength: 2 * length }));
}
