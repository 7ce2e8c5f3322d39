import type { OperationName } from "@cosup/emulator";

/** Milliseconds that an operation's answer may take; a body adds its own time. */
export const ANSWER_MS = 60_000;
export const LONG_ANSWER_MS: Partial<Record<OperationName, number>> = {
  CompleteMultipartUpload: 15 * 60_000,
  CopyObject: 10 * 60_000,
  UploadPartCopy: 10 * 60_000,
};
/** A11: how much later than its deadline a stall may be over. */
export const GRACE_MS = 1000;
