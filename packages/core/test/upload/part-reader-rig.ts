import { expect } from "vitest";
import type { DigestCore } from "../../src/digest/digest-core.ts";
import type { FilledPart, ReaderOptions } from "../../src/upload/filled-part.ts";
import type { PartReader } from "../../src/upload/part-reader.ts";
import { createCore } from "../support/core.ts";
import { KB } from "../support/upload-rig.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

export const { signal } = new AbortController();
export const CAPACITY = 64 * KB;

export async function rig() {
  const clock = new VirtualClock();
  const core = await createCore(CAPACITY, clock);
  const large = await createCore(4 * CAPACITY, clock);
  const seen = { cores: [] as number[], oversize: [] as number[] };
  const options: ReaderOptions = {
    clock,
    sourceIdleMs: undefined,
    digestCoreFor: async (bytes) => {
      seen.cores.push(bytes);
      return large;
    },
    onOversize: (length) => void seen.oversize.push(length),
  };
  return { core, large, options, seen };
}

/** Reads parts until there is none left, and gives each back. */
export async function readAll(reader: PartReader): Promise<FilledPart[]> {
  const parts: FilledPart[] = [];
  for (let part = await reader.next(signal); part; part = await reader.next(signal)) {
    parts.push({ ...part, bytes: part.bytes.slice() });
    part.release();
  }
  return parts;
}

/** Fails unless every part buffer has been given back. */
export async function expectNothingHeld({ arena }: DigestCore): Promise<void> {
  expect((await arena.allocate(arena.capacity)).bytes.length).toBe(arena.capacity);
}

export const planOf = (size: number, partSize = KB) => ({
  size,
  partSize,
  partCount: Math.max(1, Math.ceil(size / partSize)),
});
