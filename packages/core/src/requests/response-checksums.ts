import type { WireResponse } from "../runtime/wire.ts";

/** `x-cos-hash-crc64ecma`; undefined when it is absent or not a number. */
export function crc64Header(headers: WireResponse["headers"]): bigint | undefined {
  const text = headers.get("x-cos-hash-crc64ecma");
  return text !== null && /^\d{1,20}$/.test(text) ? BigInt(text) : undefined;
}

/** A CRC64 as results contain it: unsigned decimal. */
export function decimal(crc64: bigint | undefined): string | undefined {
  return crc64 === undefined ? undefined : String(crc64);
}

/** An ETag without its quotes, which some responses have and others do not. */
export function unquote(etag: string): string {
  return etag.length > 1 && etag.startsWith('"') && etag.endsWith('"') ? etag.slice(1, -1) : etag;
}
