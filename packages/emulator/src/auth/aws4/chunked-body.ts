import { CosErrorResponse } from "../../errors.ts";
import { ByteQueue } from "./byte-queue.ts";
import type { ChunkVerifier } from "./chunk-verifier.ts";

/** A chunk's header is a length and a signature. */
const MAX_HEADER_BYTES = 256;
const MAX_TRAILER_BYTES = 1024;
const MAX_TRAILERS = 16;

export interface ChunkRules {
  /** Bytes of content, from x-amz-decoded-content-length. */
  readonly length: number;
  readonly verifier: ChunkVerifier;
  /** Names that x-amz-trailer announces; each must follow the last chunk. */
  readonly trailerNames: readonly string[];
  readonly trailersSigned: boolean;
}

/** Removes the framing `aws-chunked`, and passes each byte on when it arrives. */
export async function* decodeChunks(
  body: AsyncIterable<Uint8Array>,
  rules: ChunkRules,
): AsyncGenerator<Uint8Array> {
  const queue = new ByteQueue(body);
  let left = rules.length;
  try {
    for (;;) {
      const { size, signature } = await chunkHeader(queue);
      if (size > left) throw broken("The chunks are longer than x-amz-decoded-content-length.");
      left -= size;
      rules.verifier.begin(signature);
      yield* chunkContent(queue, size, rules.verifier);
      rules.verifier.end();
      if (size === 0) break;
      if ((await queue.line(0)) === undefined) throw broken();
    }
    if (left > 0) throw broken("The chunks are shorter than x-amz-decoded-content-length.");
    await readTrailers(queue, rules);
    if (!(await queue.isEmpty())) throw broken("The body goes on after its last chunk.");
  } finally {
    await queue.close();
  }
}

async function chunkHeader(queue: ByteQueue): Promise<{ size: number; signature: string | undefined }> {
  const line = await queue.line(MAX_HEADER_BYTES);
  const match = /^([0-9a-fA-F]{1,13})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line ?? "");
  if (!match) throw broken();
  return { size: Number.parseInt(match[1] ?? "", 16), signature: match[2] };
}

async function* chunkContent(
  queue: ByteQueue,
  size: number,
  verifier: ChunkVerifier,
): AsyncGenerator<Uint8Array> {
  let left = size;
  while (left > 0) {
    const bytes = await queue.take(left);
    if (bytes === undefined) throw broken();
    left -= bytes.length;
    verifier.update(bytes);
    yield bytes;
  }
}

/** Reads what follows the last chunk. The values are not compared with the content: COS ignores them. */
async function readTrailers(
  queue: ByteQueue,
  { trailerNames, trailersSigned, verifier }: ChunkRules,
): Promise<void> {
  const lines: string[] = [];
  let signature: string | undefined;
  for (;;) {
    // Some clients leave out the last line end.
    const line = (await queue.isEmpty()) ? "" : await queue.line(MAX_TRAILER_BYTES);
    if (line === "") break;
    const [, name = "", value = ""] = /^([a-z0-9-]+):(.*)$/i.exec(line ?? "") ?? [];
    if (name === "" || lines.length >= MAX_TRAILERS) throw malformedTrailer();
    if (name.toLowerCase() === "x-amz-trailer-signature") signature = value.trim();
    else lines.push(`${name.toLowerCase()}:${value.trim()}`);
  }
  const names = lines.map((line) => line.slice(0, line.indexOf(":")));
  if (names.sort().join() !== [...trailerNames].sort().join()) throw malformedTrailer();
  if (trailersSigned) verifier.trailers(lines, signature);
}

function broken(message = "The request body terminated unexpectedly"): CosErrorResponse {
  return new CosErrorResponse("IncompleteBody", message);
}

function malformedTrailer(): CosErrorResponse {
  return new CosErrorResponse(
    "MalformedTrailerError",
    "The request contained trailing data that was not well-formed.",
  );
}
