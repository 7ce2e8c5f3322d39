import { SourceError } from "../../errors.ts";
import type { ByteSource } from "../../runtime/byte-source.ts";

/** Bytes of the block in which a part is read, because each read of a Blob makes a copy. */
const BLOCK_BYTES = 16 * 1024 ** 2;

/** A Blob or File. One that is backed by a file on disk fails to read when the file has changed. */
export function blobSource(blob: Blob): ByteSource {
  return {
    size: blob.size,
    fingerprint: blob instanceof File ? `${blob.size}:${blob.lastModified}` : undefined,
    access: "random",
    inMemory: false,
    read: async (start, end, into) => {
      let filled = 0;
      for (let at = start; at < Math.min(end, blob.size); at = start + filled) {
        const block = await readBlob(blob.slice(at, Math.min(end, at + BLOCK_BYTES)));
        into.set(block, filled);
        filled += block.length;
        if (block.length === 0) break;
      }
      return into.subarray(0, filled);
    },
    changed: async () => false,
    close: async () => {},
  };
}

async function readBlob(block: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await block.arrayBuffer());
  } catch (cause) {
    throw new SourceError("the Blob can no longer be read", "source-unreadable", cause);
  }
}
