import { randomBytes } from "node:crypto";

/** Base64 of `time_host_process_sequence`, the form that the service uses. */
export function newRequestId(now: number): string {
  const seconds = Math.floor(now / 1000).toString(16);
  const random = randomBytes(8).toString("hex");
  const text = `${seconds}_${random.slice(0, 8)}_${random.slice(8, 13)}_${random.slice(13)}`;
  return Buffer.from(text).toString("base64");
}

/** The longer id in error responses. */
export function newTraceId(): string {
  return randomBytes(48).toString("base64");
}
