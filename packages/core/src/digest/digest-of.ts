import { ArgumentTypeError } from "../argument-errors.ts";
import { sleep, systemClock } from "../runtime/clock.ts";
import { checkOptions, Digester, type DigesterOptions, type ObjectDigest } from "./digester.ts";

/** Bytes, or what gives them in several chunks: a stream of Node or of the web, or a Blob or File. */
export type DigestInput = Uint8Array | AsyncIterable<Uint8Array> | ReadableStream<Uint8Array> | Blob;

/** Options of {@link digestOf}. */
export interface DigestOptions extends Pick<DigesterOptions, "md5"> {
  /** Stops the work; the promise rejects with its reason, and a stream is canceled. */
  readonly signal?: AbortSignal | undefined;
}

/** Bytes per turn of the event loop: some milliseconds with MD5. */
const TURN = 4 * 1024 * 1024;

/**
 * Computes the CRC64, and on request the MD5, of bytes or of a stream. Holds one chunk of a stream in memory at a time.
 * @throws {TypeError} `input` is none of those, a chunk is no Uint8Array, or an option is wrong
 *
 * @example
 * ```ts
 * import { createReadStream } from "node:fs";
 * import { digestOf } from "@cosup/node/digest";
 *
 * const { size, crc64, md5 } = await digestOf(createReadStream("big.bin"), { md5: true });
 * ```
 */
export async function digestOf(input: DigestInput, options: DigestOptions = {}): Promise<ObjectDigest> {
  const { md5, signal } = checkOptions(options, ["md5", "signal"]);
  const digester = new Digester({ md5 });
  signal?.throwIfAborted();
  if (input instanceof Uint8Array) await addInTurns(digester, input, signal);
  else for await (const chunk of chunksOf(input)) await addInTurns(digester, chunk, signal);
  return digester.result();
}

/** Digests one chunk. Large ones let the event loop go on in between. */
async function addInTurns(digester: Digester, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  if (!(bytes instanceof Uint8Array) || bytes.length <= TURN) {
    digester.update(bytes);
    return;
  }
  for (let start = 0; start < bytes.length; start += TURN) {
    digester.update(bytes.subarray(start, start + TURN));
    await sleep(systemClock, 0, signal);
  }
}

function chunksOf(input: unknown): AsyncIterable<Uint8Array> {
  const stream = isBlob(input) ? input.stream() : input;
  if (typeof stream === "object" && stream !== null) {
    if (Symbol.asyncIterator in stream) return stream as AsyncIterable<Uint8Array>;
    // Some browsers have streams that cannot be iterated.
    if ("getReader" in stream) return read(stream as ReadableStream<Uint8Array>);
  }
  throw new ArgumentTypeError("input", "must be a Uint8Array, a stream, an async iterable or a Blob");
}

function isBlob(input: unknown): input is Blob {
  return typeof Blob !== "undefined" && input instanceof Blob;
}

async function* read(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader();
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      ended = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!ended) await reader.cancel().catch(() => {});
  }
}
