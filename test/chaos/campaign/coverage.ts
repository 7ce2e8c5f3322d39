import type { FateKind } from "../simulation/fault.ts";
import type { Operation } from "../simulation/operation.ts";

const OPERATIONS: readonly Operation[] = [
  "Put",
  "Copy",
  "Append",
  "Head",
  "Get",
  "Initiate",
  "UploadPart",
  "CopyPart",
  "ListParts",
  "Complete",
  "Abort",
  "ListUploads",
];

const KINDS: readonly FateKind[] = [
  "connect",
  "reset",
  "black-hole",
  "status",
  "foreign",
  "late-error",
  "slow",
  "flipped",
  "wrong-crc",
  "lost-reset",
  "lost-silence",
  "lost-torn",
  "lost-gateway",
  "lost-unavailable",
];

/** How often each fault met each operation. A pair that never met is not tested. */
export function coverageTable(met: ReadonlyMap<string, number>): string {
  const width = Math.max(...KINDS.map((kind) => kind.length)) + 1;
  const rows = OPERATIONS.map((operation) =>
    [
      operation.padEnd(12),
      ...KINDS.map((kind) => String(met.get(`${operation} ${kind}`) ?? "·").padStart(width)),
    ].join(""),
  );
  return [["".padEnd(12), ...KINDS.map((kind) => kind.padStart(width))].join(""), ...rows].join("\n");
}

/** Operations that met no fault at all. */
export function untouched(met: ReadonlyMap<string, number>): string[] {
  return OPERATIONS.filter((operation) => !KINDS.some((kind) => met.has(`${operation} ${kind}`)));
}
