import { SourceError } from "../errors.ts";

const NOTHING = new Uint8Array(0);

/**
 * Whether the buffer of a view was transferred away, or shrunk below it. The length of the view is then 0; only a method
 * call distinguishes it from a view that was always empty.
 */
export function isDetached(bytes: Uint8Array): boolean {
  if (bytes.length > 0) return false;
  try {
    // Not `at(0)`: V8's optimised code removes that call, because its result is not used.
    bytes.set(NOTHING);
    return false;
  } catch {
    return true;
  }
}

/** Does not say what COS holds: the buffer may have been transferred after COS had received the bytes. */
export function detachedBufferError(cause?: unknown): SourceError {
  return new SourceError(
    "the bytes were transferred while they were uploaded",
    "source-changed",
    cause,
    "leave their buffer alone until the call has settled, or upload a copy of them",
  );
}
