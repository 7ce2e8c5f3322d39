import { TransferError } from "../errors.ts";

/** A source as errors name it: a URL without its query, which may be a signature. */
export function nameOf(source: string): string {
  if (!/^https?:\/\//i.test(source)) return source;
  const { origin, pathname } = new URL(source);
  return origin + pathname;
}

/** The source is no longer what it was when its upload began. */
export function sourceChanged(source: string): TransferError {
  return new TransferError(`${nameOf(source)} has changed since its upload began`, {
    code: "source-changed",
    retryable: false,
    hint: "upload it again when nothing writes to it",
  });
}

/**
 * Compares the size of a source with that of the manifest.
 * @throws {TransferError} `source-size`
 */
export function requireSize(source: string, wanted: number | undefined, size: number): void {
  if (wanted === undefined || wanted === size) return;
  throw new TransferError(`${nameOf(source)} has ${size} bytes, not the ${wanted} of the manifest`, {
    code: "source-size",
    retryable: false,
  });
}
