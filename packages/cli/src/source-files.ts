import { type FileHandle, open } from "node:fs/promises";
import { SourceError } from "@cosup/node";
import { Digester, type DigesterOptions, type ObjectDigest } from "@cosup/node/digest";
import { unreadable } from "./unreadable.ts";

/** Large enough that asking for it costs little, small enough for the caches of a processor. */
const BLOCK = 1024 * 1024;

/** Above this size, to copy the bytes into WASM would cost more than an instance of its own, into which they are read. */
const LARGE = 16 * 1024 * 1024;
const SMALL_BLOCK = 256 * 1024;

/** Two milliseconds: to report each block takes a tenth as long as to read and digest it. */
const REPORT_BYTES = 16 * BLOCK;

/**
 * Computes the checksums of a file. Reads it once, through two blocks: one is read while the other is digested.
 * @param onBytes receives the bytes that were digested, every 16 MiB and at the end
 * @throws {SourceError} the file is missing, a directory, or cannot be read
 */
export async function digestFile(
  path: string,
  options: DigesterOptions,
  signal: AbortSignal,
  onBytes?: (bytes: number) => void,
): Promise<ObjectDigest> {
  signal.throwIfAborted();
  const file = await open(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    const stats = await file.stat();
    if (stats.isDirectory()) throw new SourceError(`${path} is a directory`, "source-unreadable");
    const bufferBytes = stats.size > LARGE ? 2 * BLOCK : 0;
    return await digestHandle(file, new Digester({ ...options, bufferBytes }), signal, onBytes);
  } catch (error) {
    throw signal.aborted || error instanceof SourceError ? error : unreadable(path, error);
  } finally {
    await file.close();
  }
}

async function digestHandle(
  file: FileHandle,
  digester: Digester,
  signal: AbortSignal,
  onBytes: ((bytes: number) => void) | undefined,
): Promise<ObjectDigest> {
  const buffer = digester.buffer.length > 0 ? digester.buffer : Buffer.allocUnsafeSlow(2 * SMALL_BLOCK);
  const size = buffer.length / 2;
  let [block, next] = [buffer.subarray(0, size), buffer.subarray(size)];
  let reading = file.read(block, 0, size);
  let unreported = 0;
  for (;;) {
    const { bytesRead } = await reading;
    if (bytesRead === 0 || unreported >= REPORT_BYTES) {
      onBytes?.(unreported);
      unreported = 0;
    }
    if (bytesRead === 0) return digester.result();
    signal.throwIfAborted();
    const read = block.subarray(0, bytesRead);
    [block, next] = [next, block];
    reading = file.read(block, 0, size);
    // Awaited in the next round; until then, a failure must not count as unhandled.
    reading.catch(() => {});
    digester.update(read);
    unreported += bytesRead;
  }
}
