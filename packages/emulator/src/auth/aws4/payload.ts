import { createHash } from "node:crypto";
import { CosErrorResponse } from "../../errors.ts";
import { unsignedChunks, verifiedChunks } from "./chunk-verifier.ts";
import { decodeChunks } from "./chunked-body.ts";
import type { Aws4Session } from "./verify.ts";

type Body = AsyncIterable<Uint8Array> | undefined;

/** A request without the framing of its body. */
export interface Payload {
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Body;
}

const STREAMING = {
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD": { signed: true, trailers: false },
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER": { signed: true, trailers: true },
  "STREAMING-UNSIGNED-PAYLOAD-TRAILER": { signed: false, trailers: true },
} as const;

/**
 * The content of a body, verified as x-amz-content-sha256 says: against its digest, chunk by chunk, or not at all. What
 * does not match is thrown while the body is read, so nothing of it is stored.
 */
export function openPayload(session: Aws4Session, headers: ReadonlyMap<string, string>, body: Body): Payload {
  const { payloadHash } = session;
  if (payloadHash === "UNSIGNED-PAYLOAD") return { headers, body };
  if (/^[0-9a-f]{64}$/.test(payloadHash)) return { headers, body: body && verifiedDigest(body, payloadHash) };
  if (!Object.hasOwn(STREAMING, payloadHash)) {
    throw new CosErrorResponse(
      "InvalidArgument",
      "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, a streaming form, or a valid sha256 value.",
    );
  }
  return openChunks(session, headers, body, STREAMING[payloadHash as keyof typeof STREAMING]);
}

function openChunks(
  session: Aws4Session,
  headers: ReadonlyMap<string, string>,
  body: Body,
  form: { readonly signed: boolean; readonly trailers: boolean },
): Payload {
  const length = headers.get("x-amz-decoded-content-length");
  if (length === undefined) {
    throw new CosErrorResponse("MissingContentLength", "You must provide x-amz-decoded-content-length.");
  }
  if (!/^\d{1,15}$/.test(length)) {
    throw new CosErrorResponse("InvalidArgument", "The x-amz-decoded-content-length is not valid.");
  }
  const chunks = decodeChunks(body ?? noBytes(), {
    length: Number(length),
    verifier: form.signed ? verifiedChunks(session) : unsignedChunks(),
    trailerNames: form.trailers ? nameList(headers.get("x-amz-trailer")) : [],
    trailersSigned: form.trailers && form.signed,
  });
  return { headers: withoutFraming(headers, length), body: chunks };
}

/** The headers of the content. A request of unknown length stays one: the operation decides whether it takes it. */
function withoutFraming(headers: ReadonlyMap<string, string>, length: string): ReadonlyMap<string, string> {
  const plain = new Map(headers);
  if (plain.has("content-length")) plain.set("content-length", length);
  const codings = nameList(headers.get("content-encoding")).filter((name) => name !== "aws-chunked");
  if (codings.length > 0) plain.set("content-encoding", codings.join(","));
  else plain.delete("content-encoding");
  return plain;
}

async function* verifiedDigest(
  body: AsyncIterable<Uint8Array>,
  expected: string,
): AsyncGenerator<Uint8Array> {
  const digest = createHash("sha256");
  for await (const chunk of body) {
    digest.update(chunk);
    yield chunk;
  }
  const computed = digest.digest("hex");
  if (computed === expected) return;
  throw new CosErrorResponse(
    "XAmzContentSHA256Mismatch",
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
    { ClientComputedContentSHA256: expected, S3ComputedContentSHA256: computed },
  );
}

function nameList(text = ""): string[] {
  return text
    .toLowerCase()
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);
}

async function* noBytes(): AsyncGenerator<Uint8Array> {}
