import { createHash, createHmac } from "node:crypto";
import { percentDecode, percentEncode } from "../request/percent.ts";
import type { SignatureFields } from "./fields.ts";

/** The parts of a request that a signature can cover. */
export interface Signable {
  readonly method: string;
  /** Decoded path. */
  readonly path: string;
  /** Values by lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly parameters: ReadonlyMap<string, string>;
  /** How the bytes of a header value are read: see `headerReadings`. */
  readonly headerReading: HeaderReading;
}

export type HeaderReading = "bytes" | "latin-1 text";

/** The two strings of the algorithm, and the signature. */
export interface Signed {
  readonly httpString: string;
  readonly stringToSign: string;
  readonly signature: string;
}

/** Computes the COS XML API v5 signature over the listed headers and parameters. */
export function sign(request: Signable, fields: SignatureFields, secretKey: string): Signed {
  const parameters = canonicalList(fields.parameterNames, (name) =>
    percentEncode(request.parameters.get(name) ?? ""),
  );
  const headers = canonicalList(fields.headerNames, (name) =>
    encodeHeaderValue(request.headers.get(name) ?? "", request.headerReading),
  );
  const httpString = `${request.method.toLowerCase()}\n${request.path}\n${parameters}\n${headers}\n`;
  const digest = createHash("sha1").update(httpString).digest("hex");
  const stringToSign = `sha1\n${fields.signTime.text}\n${digest}\n`;
  // The key of the second HMAC is the hexadecimal text, not the 20 bytes that it encodes.
  const signKey = createHmac("sha1", secretKey).update(fields.keyTime.text).digest("hex");
  const signature = createHmac("sha1", signKey).update(stringToSign).digest("hex");
  return { httpString, stringToSign, signature };
}

/**
 * The readings to try. Clients sign the UTF-8 form of a value, but node:http and fetch send latin-1, so a value above
 * ASCII arrives either as UTF-8 bytes or as latin-1.
 */
export function headerReadings(
  headers: ReadonlyMap<string, string>,
  names: readonly string[],
): HeaderReading[] {
  const ambiguous = names.some((name) => /[\x80-\xff]/.test(headers.get(name) ?? ""));
  return ambiguous ? ["bytes", "latin-1 text"] : ["latin-1 text"];
}

function encodeHeaderValue(value: string, reading: HeaderReading): string {
  return percentEncode(reading === "bytes" ? Buffer.from(value, "latin1") : value);
}

// Sorted, so that a signature over an unsorted list is refused.
function canonicalList(names: readonly string[], encodedValue: (name: string) => string): string {
  return [...names]
    .sort()
    .map((name) => `${name}=${encodedValue(percentDecode(name).toLowerCase())}`)
    .join("&");
}
