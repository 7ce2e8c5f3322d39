import type { OperationName } from "@cosup/emulator";

/** Milliseconds that a response to an operation may take; a body adds its own time. */
export const RESPONSE_MS = 60_000;
const LONG_RESPONSE_MS: Partial<Record<OperationName, number>> = {
  CompleteMultipartUpload: 15 * 60_000,
  CopyObject: 10 * 60_000,
  UploadPartCopy: 10 * 60_000,
};
/** What an Abort may take in all. */
const DISCARD_MS = 10_000;
/** The slowest rate that counts as progress of a body. */
const BYTES_PER_MS = 32.768;
/** How much later than its deadline a stall may end. */
const GRACE_MS = 1000;

/** Longer than any deadline: a delay that only a deadline ends. */
export const ENDLESS_MS = 20 * 60_000;

/** Whether a timer of the client is a deadline. No pause that it makes by itself is as long. */
export function isDeadline(delayMs: number): boolean {
  return delayMs === DISCARD_MS || delayMs >= RESPONSE_MS;
}

/** How long a request may be without a response, at most, when it carries `bytes` bytes. */
export function longestWaitMs(op: OperationName, bytes: number): number {
  return (LONG_RESPONSE_MS[op] ?? RESPONSE_MS) + bytes / BYTES_PER_MS + GRACE_MS;
}
