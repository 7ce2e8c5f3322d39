import { createHash } from "node:crypto";
import { CosErrorResponse, incompleteBody } from "../errors.ts";
import { type Ingested, ingest } from "../store/ingest.ts";
import type { Call } from "../types.ts";
import { type Content, malformed, parseDocument } from "../xml/parse.ts";
import { withinTrafficLimit } from "./traffic-limit.ts";

/** Largest body of PUT Object, of one append, and of one part. */
export const MAX_BODY_BYTES = 5 * 1024 ** 3;
const MAX_XML_BYTES = 1024 * 1024;
const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

/** Whether an operation takes a body of unknown length. The length of a file in a form is always unknown. */
export type LengthRule = "required" | "chunked allowed" | "unknown";

/**
 * Stores a request body, verifies it against Content-Length and Content-MD5, and passes it to `use`. The bytes are kept
 * only if `use` makes a record refer to them. Wrong headers are refused before the body is read.
 */
export async function receiveData<T>(
  call: Call,
  rule: LengthRule,
  use: (stored: Ingested) => Promise<T>,
): Promise<T> {
  const expectedBytes = expectedLength(call, rule);
  const expectedMd5 = contentMd5(call);
  if (expectedBytes !== undefined && expectedBytes > MAX_BODY_BYTES) throw tooLarge();
  const stored = await ingest(call.store.files, withinTrafficLimit(call, call.body), MAX_BODY_BYTES);
  try {
    const refusal = mismatch(stored, expectedBytes, expectedMd5);
    if (refusal) throw refusal;
    return await use(stored);
  } finally {
    await call.store.files.release([stored.extent]);
  }
}

/** Reads a request document, which is small, and returns the content of its root. */
export async function receiveDocument(call: Call, root: string, maxBytes = MAX_XML_BYTES): Promise<Content> {
  const expectedMd5 = contentMd5(call);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of call.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new CosErrorResponse("XMLSizeLimit", "The XML you provided is too large.");
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  if (expectedMd5 && !createHash("md5").update(bytes).digest().equals(expectedMd5)) throw badDigest();
  return parseDocument(decoded(bytes), root);
}

function decoded(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    // A replacement character would name another key.
    throw malformed();
  }
}

function expectedLength(call: Call, rule: LengthRule): number | undefined {
  if (rule === "unknown") return undefined;
  const text = call.header("content-length");
  if (text === undefined) {
    const chunked = call.header("transfer-encoding") !== undefined;
    if (chunked && rule === "chunked allowed") return undefined;
    throw new CosErrorResponse("MissingContentLength", "You must provide the Content-Length HTTP header.");
  }
  if (!/^\d{1,15}$/.test(text))
    throw new CosErrorResponse("InvalidArgument", "The Content-Length is not valid.");
  return Number(text);
}

function contentMd5(call: Call): Buffer | undefined {
  const text = call.header("content-md5");
  if (text === undefined) return undefined;
  // Base64 of exactly 16 bytes. Any other text is InvalidDigest, not BadDigest.
  if (!/^[A-Za-z0-9+/]{22}==$/.test(text)) {
    throw new CosErrorResponse("InvalidDigest", "The Content-MD5 you specified was invalid.");
  }
  return Buffer.from(text, "base64");
}

function mismatch(
  stored: Ingested,
  bytes: number | undefined,
  md5: Buffer | undefined,
): CosErrorResponse | undefined {
  if (bytes !== undefined && stored.extent.size < bytes) {
    return incompleteBody();
  }
  if (bytes !== undefined && stored.extent.size > bytes) {
    return new CosErrorResponse("BadRequest", "The body is longer than its Content-Length.");
  }
  return md5 && !md5.equals(stored.md5) ? badDigest() : undefined;
}

function badDigest(): CosErrorResponse {
  return new CosErrorResponse("BadDigest", "The Content-MD5 you specified did not match what we received.");
}

function tooLarge(): CosErrorResponse {
  return new CosErrorResponse(
    "EntityTooLarge",
    "Your proposed upload exceeds the maximum allowed object size.",
  );
}
