import { createHash, type Hash } from "node:crypto";
import { CosErrorResponse } from "../../errors.ts";
import { EMPTY_SHA256, sha256, signature } from "./canonical.ts";
import type { Aws4Session } from "./verify.ts";

/** Verifies the chunks of a body in their order: each signature covers the one before it. */
export interface ChunkVerifier {
  /** Begins a chunk. @param signature from the chunk's header, undefined if it has none */
  begin(signature: string | undefined): void;
  update(bytes: Uint8Array): void;
  /** Throws if the bytes of the chunk are not those that were signed. */
  end(): void;
  /** Verifies the signature of the trailers. @param lines `name:value`, as sent */
  trailers(lines: readonly string[], signature: string | undefined): void;
}

/** For chunks without signatures. */
export function unsignedChunks(): ChunkVerifier {
  return { begin() {}, update() {}, end() {}, trailers() {} };
}

/** For the chunks of a signed request. The signature of the request is the first of the chain. */
export function verifiedChunks({ key, fields }: Aws4Session): ChunkVerifier {
  let previous = fields.signature;
  let expected: string | undefined;
  let digest: Hash = createHash("sha256");
  const verify = (kind: string, hashes: string, given: string | undefined): void => {
    const text = `AWS4-HMAC-SHA256-${kind}\n${fields.timestamp}\n${fields.scope}\n${previous}\n${hashes}`;
    const computed = signature(key, text);
    if (computed !== given) throw mismatch(text, given);
    previous = computed;
  };
  return {
    begin(given) {
      expected = given;
      digest = createHash("sha256");
    },
    update: (bytes) => void digest.update(bytes),
    end: () => verify("PAYLOAD", `${EMPTY_SHA256}\n${digest.digest("hex")}`, expected),
    trailers: (lines, given) =>
      verify("TRAILER", sha256(Buffer.from(lines.map((line) => `${line}\n`).join(""), "latin1")), given),
  };
}

function mismatch(stringToSign: string, given = ""): CosErrorResponse {
  return new CosErrorResponse(
    "SignatureDoesNotMatch",
    "The chunk signature we calculated does not match the signature you provided.",
    { StringToSign: stringToSign, SignatureProvided: given },
  );
}
