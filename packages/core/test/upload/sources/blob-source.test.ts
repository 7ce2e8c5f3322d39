import { expect, test, vi } from "vitest";
import { blobSource } from "../../../src/upload/sources/blob-source.ts";
import { pattern } from "../../support/random.ts";

const MiB = 1024 ** 2;

test("a large part of a Blob is read in pieces, so that each copy is small", async () => {
  const bytes = pattern(40 * MiB + 3);
  const blob = new Blob([bytes]);
  const slice = vi.spyOn(blob, "slice");
  const part = await blobSource(blob).read(1, bytes.length, new Uint8Array(bytes.length - 1));
  expect(Buffer.compare(part, bytes.subarray(1))).toBe(0);
  const lengths = slice.mock.calls.map(([start = 0, end = 0]) => end - start);
  expect(Math.max(...lengths)).toBe(16 * MiB);
  expect(lengths).toHaveLength(3);
});

test("a part beyond the end of a Blob ends with it", async () => {
  const source = blobSource(new Blob([new Uint8Array(10)]));
  expect(await source.read(4, 20, new Uint8Array(16))).toHaveLength(6);
  expect(await source.read(10, 20, new Uint8Array(10))).toHaveLength(0);
});
