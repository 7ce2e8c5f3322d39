import { expect, it } from "vitest";
import { memoryBudgetFor } from "../src/memory-budget.ts";

const MiB = 1024 * 1024;
const GiB = 1024 * MiB;

it.each<[string, number | undefined, number, number | undefined, number | undefined]>([
  ["no part size, small files: the client's default", undefined, 50, 64 * MiB, undefined],
  ["no part size, five large parts: the client's default", undefined, 5, 10 * GiB, undefined],
  ["no part size, fifty large parts", undefined, 50, 10 * GiB, 400 * MiB],
  ["no part size, files of unknown sizes", undefined, 50, undefined, 400 * MiB],
  ["what fits the default", 8, 5, undefined, undefined],
  ["parts times concurrency", 64, 5, undefined, 320 * MiB],
  ["no more than the file", 1000, 5, 100 * MiB, 500 * MiB],
  ["whole MiB for a file of an odd size", 1000, 5, 100 * MiB + 1, 505 * MiB],
  ["parts that grow with the file", 1, 5, 1024 * GiB, 525 * MiB],
  ["no more than WASM has", 1000, 50, undefined, 4 * GiB - 16 * MiB],
  ["a part beyond memory is the client's to refuse", 5120, 1, undefined, undefined],
  ["a small file with a part size beyond memory", 5120, 5, 10 * MiB, undefined],
])("%s", (_what, partSize, concurrency, largest, budget) => {
  expect(memoryBudgetFor(partSize, concurrency, largest)).toBe(budget);
});
