import { SourceError } from "../../errors.ts";
import type { ByteSource } from "../source.ts";

/** A Blob or File, read part by part; a file-backed one that changed on disk fails to read. */
export function blobSource(blob: Blob): ByteSource {
  return {
    size: blob.size,
    fingerprint: blob instanceof File ? `${blob.size}:${blob.lastModified}` : undefined,
    access: "random",
    resident: false,
    read: async (start, end, into) => {
      let part: ArrayBuffer;
      try {
        part = await blob.slice(start, end).arrayBuffer();
      } catch (cause) {
        throw new SourceError("the Blob can no longer be read", "source-unreadable", cause);
      }
      into.set(new Uint8Array(part));
      return into.subarray(0, part.byteLength);
    },
    changed: async () => false,
    close: async () => {},
  };
}
