import type { ByteSource } from "../source.ts";

/** Bytes in memory: parts are views of them, nothing is copied. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    fingerprint: undefined,
    access: "random",
    resident: true,
    read: async (start, end) => bytes.subarray(start, end),
    changed: async () => false,
    close: async () => {},
  };
}
