import { SourceError } from "../errors.ts";
import type { ByteSource } from "../runtime/byte-source.ts";

/** A source has fewer bytes than its size. */
export function endedEarly(bytesRead: number, size: number): SourceError {
  return new SourceError(`the source ended after ${bytesRead} of ${size} bytes`, "source-length");
}

/** A source has more bytes than its size. */
export function longerThan(size: number): SourceError {
  return new SourceError(
    `the source is longer than the ${size} bytes it was declared to have`,
    "source-length",
  );
}

/**
 * Checks that a stream of known size ends there.
 * @throws {SourceError} it has more bytes
 */
export async function checkEnd(source: ByteSource, size: number, signal: AbortSignal): Promise<void> {
  if (source.access !== "sequential") return;
  const more = await source.read(size, size + 1, new Uint8Array(1), signal);
  if (more.length > 0) throw longerThan(size);
}
