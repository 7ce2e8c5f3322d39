import { SourceError } from "../errors.ts";

const NOTHING = new Uint8Array(0);

/**
 * Whether the bytes are no longer there: their buffer was transferred away, or shrank below them. The view then calls
 * itself empty; only its methods tell it from one that always was.
 */
export function isDetached(bytes: Uint8Array): boolean {
  if (bytes.length > 0) return false;
  try {
    // Not `at(0)`: optimised code of V8 leaves it out, since nobody uses its result.
    bytes.set(NOTHING);
    return false;
  } catch {
    return true;
  }
}

/** Says nothing of what COS holds: the bytes may have been lost after they arrived. */
export function detachedBufferError(cause?: unknown): SourceError {
  return new SourceError(
    "the bytes were transferred while they were uploaded",
    "source-changed",
    cause,
    "leave their buffer alone until the call has settled, or upload a copy of them",
  );
}
