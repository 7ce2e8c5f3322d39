import { isIntact } from "../../digest/detached-buffer.ts";
import { SourceError } from "../../errors.ts";
import type { ByteSource } from "../../runtime/byte-source.ts";

/** Bytes in memory: parts are views of them, nothing is copied. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  const size = bytes.length;
  // A view itself cannot change, but its buffer can be transferred away or shrunk.
  const changed = (): boolean => !isIntact(bytes, size);
  return {
    size,
    fingerprint: undefined,
    access: "random",
    inMemory: true,
    read: async (start, end) => {
      if (changed())
        throw new SourceError("the bytes were transferred while they were uploaded", "source-changed");
      return bytes.subarray(start, end);
    },
    changed: async () => changed(),
    close: async () => {},
  };
}
