import { TransferError } from "../errors.ts";
import type { SourceFacts } from "../transfer/types.ts";
import { getSource, type SourceResponse } from "./http-request.ts";
import type { RangeSource } from "./range-source.ts";
import { nameOf, requireSize, sourceChanged } from "./source-errors.ts";

const OK = 200;
const PARTIAL = 206;
const NOT_SATISFIABLE = 416;

/**
 * Asks a URL for its size and version by a GET of one byte: a presigned URL allows no HEAD.
 * @throws {TransferError}
 */
export function probeUrl(source: string, signal: AbortSignal): Promise<SourceFacts> {
  const accepted = [OK, PARTIAL, NOT_SATISFIABLE];
  return getSource(source, { range: [0, 0], accepted }, signal, async (response) => {
    await response.cancel();
    const { status, headers } = response;
    const size = status === OK ? lengthOf(headers) : totalOf(headers);
    // An empty object has no first byte.
    if (size === undefined || (status === NOT_SATISFIABLE && size !== 0)) throw withoutSize(source);
    return {
      kind: "http",
      size,
      fingerprint: fingerprintOf(headers, size),
      ...(status === OK && size > 0 && { withoutRanges: true }),
      ...(!hasVersion(headers) && { withoutVersion: true }),
    };
  });
}

/** Opens the ranges of a URL that {@link probeUrl} has described. Nothing is sent. */
export function openUrl(source: string, facts: SourceFacts): RangeSource {
  return {
    facts,
    read: (start, bytes, signal) => {
      const range = [start, start + bytes.length - 1] as const;
      return getSource(
        source,
        { range, accepted: [OK, PARTIAL, NOT_SATISFIABLE] },
        signal,
        async (response) => {
          await requireRange(source, response, range, facts);
          await fill(source, response, bytes);
        },
      );
    },
    close: async () => {},
  };
}

/**
 * Reads a URL whole.
 * @param limit the most bytes
 * @throws {TransferError} `too-large`, `source-size` and those of {@link probeUrl}
 */
export function readUrl(
  source: string,
  { size, limit }: { readonly size: number | undefined; readonly limit: number },
  signal: AbortSignal,
): Promise<Uint8Array> {
  return getSource(source, { accepted: [OK] }, signal, async (response) => {
    const length = lengthOf(response.headers);
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    try {
      if (length !== undefined) requireSize(source, size, length);
      if ((length ?? 0) > limit) throw tooLarge(source, limit);
      for await (const chunk of response.body) {
        bytes += chunk.length;
        if (bytes > limit) throw tooLarge(source, limit);
        chunks.push(chunk);
      }
    } finally {
      await response.cancel();
    }
    if (length !== undefined && length !== bytes) throw otherLengths(source);
    requireSize(source, size, bytes);
    return Buffer.concat(chunks, bytes);
  });
}

async function requireRange(
  source: string,
  response: SourceResponse,
  [first, last]: readonly [number, number],
  facts: SourceFacts,
): Promise<void> {
  const { status, headers } = response;
  const isRange = headers.get("content-range")?.startsWith(`bytes ${first}-${last}/`) === true;
  const size = totalOf(headers);
  const isSame = size === facts.size && fingerprintOf(headers, size) === facts.fingerprint;
  if (status === PARTIAL && isRange && isSame) return;
  await response.cancel();
  // Behind the end of a source that has become shorter, nothing is satisfiable.
  throw status === OK || (isSame && !isRange) ? withoutRanges(source) : sourceChanged(source);
}

async function fill(source: string, response: SourceResponse, bytes: Uint8Array): Promise<void> {
  let at = 0;
  for await (const chunk of response.body) {
    if (at + chunk.length > bytes.length) break;
    bytes.set(chunk, at);
    at += chunk.length;
  }
  if (at !== bytes.length) throw otherLengths(source);
}

function otherLengths(source: string): TransferError {
  return new TransferError(`the server of ${nameOf(source)} gives other lengths than it says`, {
    code: "source-unavailable",
    retryable: true,
  });
}

function hasVersion(headers: Headers): boolean {
  return headers.has("etag") || headers.has("last-modified");
}

/**
 * The version of what a response is of. Without an ETag, the time and the size have to do; they count beside a weak one as
 * well, which promises the meaning and not the bytes.
 */
function fingerprintOf(headers: Headers, size: number | undefined): string {
  const etag = headers.get("etag");
  if (etag !== null && !etag.startsWith("W/")) return etag;
  const version = [etag, headers.get("last-modified")].filter((one) => one !== null).join(" ");
  return `${size} ${version === "" ? "without a version" : version}`;
}

function lengthOf(headers: Headers): number | undefined {
  const text = headers.get("content-length");
  return text === null || !/^\d+$/.test(text) ? undefined : Number(text);
}

/** The number behind the slash of `Content-Range`. */
function totalOf(headers: Headers): number | undefined {
  const [, total] = /^bytes .*\/(\d+)$/.exec(headers.get("content-range") ?? "") ?? [];
  return total === undefined ? undefined : Number(total);
}

/** The server ignores `Range`, so that no part can be read. */
export function withoutRanges(source: string): TransferError {
  return new TransferError(
    `the server of ${nameOf(source)} ignores Range: a large object cannot be read in parts`,
    {
      code: "ranges-unsupported",
      retryable: false,
      hint: "download it first, and put its path into the manifest",
    },
  );
}

/** Parts of two versions could become one object, and nothing would tell. */
export function withoutVersion(source: string): TransferError {
  return new TransferError(
    `the server of ${nameOf(source)} gives neither ETag nor Last-Modified: parts of two versions could become one object`,
    {
      code: "source-without-version",
      retryable: false,
      hint: "download it first, and put its path into the manifest",
    },
  );
}

function withoutSize(source: string): TransferError {
  return new TransferError(`the server of ${nameOf(source)} does not say how large it is`, {
    code: "ranges-unsupported",
    retryable: false,
    hint: "give its size in the manifest if it is small; otherwise download it first",
  });
}

function tooLarge(source: string, limit: number): TransferError {
  return new TransferError(`${nameOf(source)} has more than ${limit} bytes, the most for one request`, {
    code: "too-large",
    // The next attempt asks for its size again.
    retryable: true,
    hint: "give its size in the manifest: it is then uploaded in parts",
  });
}
