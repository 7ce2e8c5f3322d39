/**
 * The checksums that COS keeps of an object, of bytes and streams: CRC64-ECMA and MD5, without a client.
 *
 * @module
 */
export { type DigestInput, type DigestOptions, digestOf } from "./digest-of.ts";
export { Digester, type DigesterOptions, type ObjectDigest } from "./digester.ts";
