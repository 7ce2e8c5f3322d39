import { SourceError } from "../../errors.ts";

/** The failure of an upload whose stream failed. The message contains the stream's reason: most programs print only it. */
export function streamFailed(cause: unknown): SourceError {
  const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new SourceError(`the stream to upload failed: ${reason}`, "source-unreadable", cause);
}

/** The failure of an upload whose stream is read faster by another consumer than it is uploaded. */
export function readTooFast(limit: number): SourceError {
  return new SourceError(
    `another consumer reads the stream faster than it is uploaded: more than ${limit} bytes would wait in memory`,
    "source-unreadable",
    undefined,
    "give the upload a stream of its own: stream.pipe(new PassThrough())",
  );
}
