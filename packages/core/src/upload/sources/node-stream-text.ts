import type { SourceError } from "../../errors.ts";
import { utf8 } from "../../text/utf8.ts";
import { streamFailed } from "./stream-failed.ts";

/** The members of a Node stream that say whether it decodes its bytes. */
interface Decoding {
  readonly readableEncoding?: string | null;
  readonly _readableState?: {
    readonly encoding?: string | null;
    readonly map?: unknown;
    readonly decoder?: { readonly lastNeed?: number } | null;
  };
}

/** What the stream decodes its bytes with, if it does. */
export function encodingOf(stream: Decoding): string | undefined {
  return stream.readableEncoding ?? stream._readableState?.encoding ?? undefined;
}

/**
 * Whether the stream's decoder still has the first bytes of a character. Node gives them at the end as U+FFFD, but not when
 * `setEncoding` is called after the last byte came.
 */
export function lacksBytes(stream: Decoding): boolean {
  return (stream._readableState?.decoder?.lastNeed ?? 0) > 0;
}

export function isUtf8(encoding: string): boolean {
  return /^utf-?8$/i.test(encoding);
}

export function decodes(encoding: string): string {
  return `the stream decodes its bytes (setEncoding "${encoding}"); give it without an encoding`;
}

export function notUtf8(): SourceError {
  return streamFailed("it decodes bytes that are not UTF-8 (setEncoding); give it without an encoding");
}

/**
 * The bytes of a chunk that is a string. Such a chunk is content, unless the stream has decoded it: then its bytes must be
 * known for certain.
 * @throws {SourceError} the stream may have decoded bytes that were not UTF-8
 */
export function textBytes(stream: Decoding, text: string): Uint8Array {
  const encoding = encodingOf(stream);
  if (encoding !== undefined && !isUtf8(encoding)) throw streamFailed(decodes(encoding));
  const decoded = encoding !== undefined || (stream._readableState?.map ?? null) !== null;
  if (decoded && (encoding === undefined || text.includes("\ufffd"))) {
    throw notUtf8();
  }
  return utf8(text);
}
