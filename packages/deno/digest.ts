/**
 * The checksums that COS keeps of an object, of bytes and streams: CRC64-ECMA and MD5, without a client.
 *
 * @module
 */
export * from "@cosup/core/digest";
