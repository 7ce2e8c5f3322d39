import { describe, expect, test } from "vitest";
import { DigestCore } from "../../src/digest/digest-core.ts";
import { decodeRecord, encodeRecord, recordId } from "../../src/download/download-record.ts";
import { intactRanges } from "../../src/download/kept-ranges.ts";
import { type DoneRange, missingPieces, pieceSize, wholeCrc64 } from "../../src/download/ranges.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { scriptedWire } from "../support/wire.ts";
import { MemoryFile } from "./memory-file.ts";

const core = (): Promise<DigestCore> => {
  const clock = new VirtualClock();
  return DigestCore.create(scriptedWire(clock, []).runtime, 65_536, clock);
};
const range = (start: number, length: number, crc64 = 1n) => ({ start, length, crc64 });

test("what is missing is cut into pieces", () => {
  const pieces = (size: number, done: readonly DoneRange[]): string[] =>
    [...missingPieces(size, done, 4)].map(({ start, end }) => `${start}-${end}`);
  expect(pieces(10, [])).toEqual(["0-4", "4-8", "8-10"]);
  expect(pieces(10, [range(4, 4)])).toEqual(["0-4", "8-10"]);
  expect(pieces(10, [range(7, 3), range(0, 2)])).toEqual(["2-6", "6-7"]);
  expect(pieces(10, [range(0, 10)])).toEqual([]);
  expect(pieces(0, [])).toEqual([]);
});

test("pieces grow so that 10 000 of them are enough", () => {
  expect(pieceSize(10_000, 1)).toBe(1);
  expect(pieceSize(10_001, 1)).toBe(2);
  expect(pieceSize(100, 7)).toBe(7);
});

test("the CRC64 of the whole is that of its ranges in their order, and only of all of them", async () => {
  const digest = await core();
  const bytes = Uint8Array.from({ length: 100 }, (_, at) => at);
  const of = (start: number, length: number) =>
    range(start, length, digest.crc64(bytes.subarray(start, start + length)));
  expect(wholeCrc64(digest, [of(60, 40), of(0, 1), of(1, 59)], 100)).toBe(digest.crc64(bytes));
  expect(wholeCrc64(digest, [], 0)).toBe(0n);
  for (const wrong of [[of(0, 60)], [of(0, 60), of(61, 39)], [of(0, 60), of(50, 50)]]) {
    expect(wholeCrc64(digest, wrong, 100)).toBeUndefined();
  }
});

test("a kept range is trusted only with its CRC64, and only if all of it is there", async () => {
  const digest = await core();
  const file = new MemoryFile();
  await file.write(new Uint8Array([1, 2, 3, 4, 5]), 0);
  const intact = range(1, 3, digest.crc64(new Uint8Array([2, 3, 4])));
  const ranges = [intact, range(0, 1, 7n), range(4, 2, digest.crc64(new Uint8Array([5, 0])))];
  expect(await intactRanges(file, ranges, digest, new Uint8Array(2), undefined)).toEqual([intact]);
});

describe("a record", () => {
  const identity = { endpoint: "", Bucket: "b-1", Key: "k", VersionId: undefined, path: "/f" };
  const base = { version: 1, Bucket: "b-1", Key: "k", path: "/f", etag: '"e"', size: 10 } as const;
  const done = [range(0, 4, 2n ** 64n - 1n), range(6, 4)];

  test("is read as it was written", () => {
    expect(decodeRecord(encodeRecord(base, done), identity)).toEqual({ etag: '"e"', size: 10, done });
  });

  test.each([
    ["is cut off", '{"version":1,"Bucket"'],
    ["is of another version", encodeRecord({ ...base, version: 2 as 1 }, done)],
    ["is of another object", encodeRecord({ ...base, Key: "other" }, done)],
    ["is of another path", encodeRecord({ ...base, path: "/other" }, done)],
    ["has no ETag", encodeRecord({ ...base, etag: "" }, done)],
    ["has a size that is no number", encodeRecord({ ...base, size: -1 }, [])],
    ["has ranges beyond the end", encodeRecord(base, [range(8, 3)])],
    ["has ranges that overlap", encodeRecord(base, [range(0, 4), range(3, 2)])],
    ["has an empty range", encodeRecord(base, [range(3, 0)])],
    [
      "has a CRC64 that is no number",
      JSON.stringify({ ...base, ranges: [{ start: 0, length: 1, crc64: "x" }] }),
    ],
    ["is null", "null"],
  ])("that %s is not used", (_, text) => {
    expect(decodeRecord(text, identity)).toBeUndefined();
  });

  test("of every object, version, path and endpoint has an id of its own", async () => {
    const others = [
      identity,
      { ...identity, endpoint: "http://h" },
      { ...identity, Bucket: "b-2" },
      { ...identity, Key: "other" },
      { ...identity, VersionId: "v" },
      { ...identity, path: "/other" },
    ];
    const ids = await Promise.all(others.map(recordId));
    expect(new Set(ids).size).toBe(others.length);
    expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
  });
});
