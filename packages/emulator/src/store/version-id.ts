import { randomInt } from "node:crypto";
import type { History } from "./history.ts";

// Ids in COS's documents are this number minus the microseconds since 1970, in base64. So newer versions sort first.
const NEWEST = 2n ** 64n - 1n;

/** A new id, unlike and newer than all ids of the key, also if the clock stands still or went back. */
export function newVersionId(history: History, now: number): string {
  const wanted = BigInt(Math.floor(now)) * 1000n + BigInt(randomInt(1000));
  let minimum = 0n;
  for (const { versionId = "" } of history) {
    const next = (microsecondsOf(versionId) ?? 0n) + 1n;
    if (next > minimum) minimum = next;
  }
  const microseconds = wanted > minimum ? wanted : minimum;
  return Buffer.from(String(NEWEST - microseconds))
    .toString("base64")
    .replaceAll("=", "");
}

/** When a version was made, in microseconds since 1970. Undefined: the text is not the id of a version. */
export function microsecondsOf(versionId: string): bigint | undefined {
  const digits = Buffer.from(versionId, "base64").toString("latin1");
  return /^\d{20}$/.test(digits) ? NEWEST - BigInt(digits) : undefined;
}
