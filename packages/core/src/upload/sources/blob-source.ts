import { SourceError } from "../../errors.ts";
import type { ByteSource } from "../../runtime/byte-source.ts";

/** A read of a Blob makes a copy: of a large part, one such piece after another. */
const PIECE = 16 * 1024 ** 2;

/** A Blob or File, read part by part; a file-backed one that changed on disk fails to read. */
export function blobSource(blob: Blob): ByteSource {
  return {
    size: blob.size,
    fingerprint: blob instanceof File ? `${blob.size}:${blob.lastModified}` : undefined,
    access: "random",
    inMemory: false,
    read: async (start, end, into) => {
      let filled = 0;
      for (let at = start; at < Math.min(end, blob.size); at = start + filled) {
        const piece = await readBlob(blob.slice(at, Math.min(end, at + PIECE)));
        into.set(piece, filled);
        filled += piece.length;
        if (piece.length === 0) break;
      }
      return into.subarray(0, filled);
    },
    changed: async () => false,
    close: async () => {},
  };
}

async function readBlob(piece: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await piece.arrayBuffer());
  } catch (cause) {
    throw new SourceError("the Blob can no longer be read", "source-unreadable", cause);
  }
}
