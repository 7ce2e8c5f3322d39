import type { Instruction } from "./data.ts";

/** A fault that is switched on by one press. */
export interface Preset {
  readonly name: string;
  readonly instruction: Instruction;
}

/** One of each kind of trouble that an upload has to survive. */
export const PRESETS: readonly Preset[] = [
  {
    name: "The connection of a part breaks after 64 KiB, three times",
    instruction: { op: "UploadPart", when: "after-65536-bytes-of-request", fault: "reset", times: 3 },
  },
  {
    name: "COS is busy (503 SlowDown), for five requests",
    instruction: { op: "*", when: "before-headers", fault: { kind: "status", code: "SlowDown" }, times: 5 },
  },
  {
    name: "The response to a stored part is lost, twice",
    instruction: { op: "UploadPart", when: "after-commit-before-response", fault: "reset", times: 2 },
  },
  {
    name: "A byte of a part changes on its way",
    instruction: { op: "UploadPart", when: "after-1024-bytes-of-request", fault: "flip-request" },
  },
  {
    name: "The response to Complete is lost",
    instruction: { op: "CompleteMultipartUpload", when: "after-commit-before-response", fault: "reset" },
  },
  {
    name: "A part that was stored is gone",
    instruction: { op: "UploadPart", when: "after-commit-before-response", fault: "drop-part" },
  },
  {
    name: "Parts are read at 256 KiB a second",
    instruction: {
      op: "UploadPart",
      when: "before-headers",
      fault: { kind: "slow-read", bytesPerSecond: 262_144 },
      times: "forever",
    },
  },
  {
    name: "Every response is a second late",
    instruction: {
      op: "*",
      when: "after-commit-before-response",
      fault: { kind: "delay", ms: 1000 },
      times: "forever",
    },
  },
  {
    name: "All requests are refused (403 AccessDenied)",
    instruction: { op: "*", when: "before-accept", fault: "deny", times: "forever" },
  },
];

/** Whether two instructions are the same, in whatever order their fields are. */
export function isSame(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
