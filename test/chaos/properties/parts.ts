import { wasmBytes } from "@cosup/core/wasm-bytes";
import fc from "fast-check";
import { DigestCore } from "../../../packages/core/src/digest/digest-core.ts";
import { systemClock } from "../../../packages/core/src/runtime/clock.ts";
import { planParts } from "../../../packages/core/src/upload/plan.ts";
import { crc64 } from "../simulation/oracle.ts";
import { type Property, property } from "./property.ts";

const GiB = 1024 ** 3;
const LARGEST_OBJECT = 10_000 * 5 * GiB;

const core = await DigestCore.create({ wasm: WebAssembly.compile(wasmBytes()) }, 65_536, systemClock);

/** Small, large, and around the sizes where the number of parts changes. */
const sizes = fc.oneof(
  fc.integer({ min: 0, max: 64 * 1024 ** 2 }),
  fc.maxSafeInteger().map((size) => Math.abs(size) % LARGEST_OBJECT),
  fc
    .tuple(
      fc.integer({ min: 1, max: 10_000 }),
      fc.integer({ min: 1, max: 5 * 1024 }),
      fc.integer({ min: -1, max: 1 }),
    )
    .map(([parts, mebibytes, off]) => Math.min(LARGEST_OBJECT, parts * mebibytes * 1024 ** 2 + off)),
);
const units = fc.constantFrom(1024, 4096, 1024 ** 2);

export const partPlan: Property = property(
  "a plan keeps within COS's limits, and is the preferred one where it can be",
  fc.record({ size: sizes, preferred: fc.integer({ min: 1, max: 5 * GiB }), unit: units }),
  ({ size, preferred, unit }) => {
    const scaled = Math.floor(size / (1024 ** 2 / unit));
    const plan = planParts(core, scaled, preferred, unit);
    const wanted = Math.min(Math.max(preferred, unit), (5 * GiB) / (1024 ** 2 / unit));
    holds(plan.partCount >= 1 && plan.partCount <= 10_000, "1 to 10 000 parts");
    holds(plan.partSize >= unit && plan.partSize <= 5 * GiB, "parts of 1 MB to 5 GB");
    holds(plan.partSize * plan.partCount >= scaled, "the parts hold the object");
    if (scaled <= Math.floor(wanted) * 10_000 && unit === 1024 ** 2)
      holds(plan.partSize === Math.floor(wanted), "the preferred size");
  },
);

export const rangeCover: Property = property(
  "the ranges of the parts cover every byte once, and a part's number follows from its offset",
  fc.record({
    size: sizes,
    preferred: fc.integer({ min: 1, max: 64 * 1024 ** 2 }),
    pick: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  ({ size, preferred, pick }) => {
    const { partSize, partCount } = planParts(core, size, preferred);
    const end = (part: number): number =>
      core.partStart(part, partSize) + core.partLength(part, size, partSize);
    const part = 1 + Math.floor(pick * (partCount - 1));
    holds(core.partStart(1, partSize) === 0, "the first begins at 0");
    holds(end(partCount) === size, "the last ends at the end");
    if (part < partCount) holds(end(part) === core.partStart(part + 1, partSize), "no gap, no overlap");
    if (size > 0) holds(core.partLength(part, size, partSize) > 0, "no part is empty");
    const offset =
      core.partStart(part, partSize) +
      Math.floor(pick * Math.max(0, core.partLength(part, size, partSize) - 1));
    holds(Math.floor(offset / partSize) + 1 === part, "the number follows from the offset");
  },
);

export const crcCombine: Property = property(
  "the CRC64 of two pieces, combined, is the CRC64 of the whole, as another library computes it",
  fc.tuple(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 })),
  ([a, b]) => {
    const whole = crc64(Buffer.concat([a, b]));
    holds(String(core.combine(core.crc64(a), core.crc64(b), b.length)) === whole, "combined");
    holds(String(core.crc64(b, core.crc64(a))) === whole, "continued");
  },
);

export function holds(law: boolean, what: string): void {
  if (!law) throw new Error(`does not hold: ${what}`);
}
