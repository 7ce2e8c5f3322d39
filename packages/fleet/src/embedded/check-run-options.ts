import { checkPartSize } from "../transfer/plan-large.ts";
import type { RunOptions } from "./run-options.ts";

const KNOWN = [
  "cos",
  "bucket",
  "region",
  "manifest",
  "ledger",
  "root",
  "prefix",
  "onBadLine",
  "objects",
  "concurrency",
  "memoryBudget",
  "partSize",
  "attempts",
  "signal",
  "onProgress",
  "onObject",
  "onFailure",
  "onSkipped",
  "onUnfinished",
];

const MOST = { objects: 1000, concurrency: 100, attempts: 100, memoryBudget: 2 ** 40 } as const;

/** @throws {TypeError} {@link RangeError} a wrong option, named */
export function checkRunOptions(options: RunOptions): void {
  if (typeof options !== "object" || options === null) throw new TypeError("options: must be an object");
  const unknown = Object.keys(options).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) throw new TypeError(`${unknown}: is unknown; there are ${KNOWN.join(", ")}`);
  for (const name of ["bucket", "ledger"] as const) {
    if (typeof options[name] !== "string" || options[name] === "")
      throw new TypeError(`${name}: must be a text`);
  }
  if (typeof options.cos?.headObject !== "function")
    throw new TypeError("cos: must be a client of createCos()");
  if (options.partSize !== undefined) checkPartSize(options.partSize);
  for (const [name, most] of Object.entries(MOST) as [keyof typeof MOST, number][]) {
    const value = options[name] ?? 1;
    if (!Number.isInteger(value) || value < 1 || value > most)
      throw new RangeError(`${name}: must be a whole number, 1 to ${most}`);
  }
}
