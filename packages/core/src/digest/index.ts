/**
 * The checksums that COS keeps of an object, of bytes and streams: CRC64-ECMA and MD5, without a client.
 *
 * @module
 */
export { combineCrc64 } from "./combine-crc64.ts";
export { type DigestInput, type DigestOptions, digestOf } from "./digest-of.ts";
export { Digester, type DigesterOptions, type ObjectDigest } from "./digester.ts";
