import type { FileHandle } from "node:fs/promises";
import { Readable } from "node:stream";

const CHUNK_BYTES = 64 * 1024;

/**
 * A caller's handle as a stream that leaves it open. Node's own stream of a handle closes it when it is destroyed, even
 * with `autoClose: false`.
 * @param start the byte to begin at; undefined: at the position of the handle, and for what has no positions
 */
export function handleStream(handle: FileHandle, start?: number): Readable {
  let position = start ?? null;
  return new Readable({
    highWaterMark: CHUNK_BYTES,
    read(): void {
      // New memory for each read, because a read that waits for a silent pipe outlives an abort.
      const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
      handle.read(chunk, 0, CHUNK_BYTES, position).then(
        ({ bytesRead }) => {
          if (position !== null) position += bytesRead;
          this.push(bytesRead === 0 ? null : chunk.subarray(0, bytesRead));
        },
        (error: Error) => this.destroy(error),
      );
    },
  });
}
