import { createHash, createHmac } from "node:crypto";
import { percentDecode, percentEncode } from "../../request/percent.ts";
import type { HeaderReading } from "../canonical.ts";
import type { Aws4Fields } from "./fields.ts";

/** SHA-256 of no bytes. */
export const EMPTY_SHA256 = createHash("sha256").digest("hex");

/** The parts of a request that the signature covers. */
export interface Signable {
  readonly method: string;
  /** The path, escaped. */
  readonly path: string;
  /** The query as it was sent, without its question mark. */
  readonly query: string;
  /** Values by lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly headerNames: readonly string[];
  readonly headerReading: HeaderReading;
  /** The value of x-amz-content-sha256. */
  readonly payloadHash: string;
}

export function canonicalRequest(request: Signable): string {
  const headers = request.headerNames.map((name) => `${name}:${canonicalValue(request.headers.get(name))}\n`);
  return [
    request.method,
    request.path,
    canonicalQuery(request.query),
    headers.join(""),
    request.headerNames.join(";"),
    request.payloadHash,
  ].join("\n");
}

/** The text that is signed for a request. */
export function stringToSign(canonical: string, reading: HeaderReading, fields: Aws4Fields): string {
  const bytes = Buffer.from(canonical, reading === "bytes" ? "latin1" : "utf8");
  return `AWS4-HMAC-SHA256\n${fields.timestamp}\n${fields.scope}\n${sha256(bytes)}`;
}

/** The key of one day, region and service. */
export function signingKey(secretKey: string, { date, region, service }: Aws4Fields): Buffer {
  let key: string | Buffer = `AWS4${secretKey}`;
  for (const text of [date, region, service, "aws4_request"]) {
    key = createHmac("sha256", key).update(text).digest();
  }
  return key as Buffer;
}

export function signature(key: Buffer, text: string): string {
  return createHmac("sha256", key).update(text).digest("hex");
}

export function sha256(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Sorted by name and then by value; a name may come twice, and the signature itself is left out. */
function canonicalQuery(query: string): string {
  const pairs = query.split("&").flatMap((pair) => {
    if (pair === "") return [];
    const equals = pair.indexOf("=");
    const name = percentDecode(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? "" : percentDecode(pair.slice(equals + 1));
    return name === "X-Amz-Signature" ? [] : [[percentEncode(name), percentEncode(value)] as const];
  });
  pairs.sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB));
  return pairs.map(([name, value]) => `${name}=${value}`).join("&");
}

/** Escaped text is ASCII, so this is the order of its bytes. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function canonicalValue(value = ""): string {
  return value.trim().replace(/[ \t]+/g, " ");
}
