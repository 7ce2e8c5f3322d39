import { refuseCredentials } from "./credentials.ts";
import { Refusal } from "./manifest-error.ts";

const STORED =
  "Cache-Control, Content-Disposition, Content-Encoding, Content-Language, Expires, x-cos-meta-…, x-cos-storage-class, x-cos-acl, x-cos-grant-…, x-cos-tagging, x-cos-server-side-encryption";

const IS_STORED = [
  /^(cache-control|expires|content-(disposition|encoding|language))$/,
  /^x-cos-(storage-class|acl|tagging|grant-(read|read-acp|write-acp|full-control))$/,
  // Not the SSE-C headers: their key is a secret.
  /^x-cos-server-side-encryption(-cos-kms-key-id|-context)?$/,
  /^x-cos-meta-[a-z0-9-]+$/,
];

const IS_METADATA = /^x-cos-meta-/;

/**
 * Checks the `headers` of an entry: only those that COS stores with an object.
 * @returns a copy with names in lower case
 */
export function checkHeaders(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Refusal("wrong-field", "must be an object of header names and texts", "headers");
  const headers: Record<string, string> = {};
  for (const [name, text] of Object.entries(value)) {
    const field = `headers.${name.slice(0, 60)}`;
    refuseCredentials(name, field);
    const lower = name.toLowerCase();
    if (lower === "content-type") throw new Refusal("wrong-field", "belongs into contentType", field);
    if (!IS_STORED.some((stored) => stored.test(lower)))
      throw new Refusal("wrong-field", `is not stored with an object; accepted are ${STORED}`, field);
    if (lower in headers) throw new Refusal("wrong-field", "is there twice", field);
    headers[lower] = checkHeaderText(text, field, IS_METADATA.test(lower));
  }
  return headers;
}

/** @param anyCharacter whether it is encoded before it is sent */
export function checkHeaderText(value: unknown, field: string, anyCharacter = false): string {
  if (typeof value !== "string") throw new Refusal("wrong-field", "must be a text", field);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
  if (/[\0-\x08\x0a-\x1f\x7f]/.test(value) || !value.isWellFormed())
    throw new Refusal("wrong-field", "must not contain line breaks or control characters", field);
  if (!anyCharacter && !/^[\x20-\x7e\t]*$/.test(value))
    throw new Refusal("wrong-field", "must be printable ASCII; percent-encode anything else", field);
  return value;
}
