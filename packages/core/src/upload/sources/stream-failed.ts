import { SourceError } from "../../errors.ts";

/** The stream's own reason stands in the message: most programs print nothing else. */
export function streamFailed(cause: unknown): SourceError {
  const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new SourceError(`the stream to upload failed: ${reason}`, "source-unreadable", cause);
}
