import { SourceError } from "../../errors.ts";
import type { ByteSource } from "../../runtime/byte-source.ts";

/** Bytes in memory: parts are views of them, nothing is copied. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  const size = bytes.length;
  // When the buffer of a view is transferred away or shrinks, only the length of the view shows it.
  const changed = (): boolean => bytes.length !== size;
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
