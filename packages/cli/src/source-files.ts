import { type FileHandle, open } from "node:fs/promises";
import { SourceError } from "@cosup/node";
import { Digester, type DigesterOptions, type ObjectDigest } from "@cosup/node/digest";
import { unreadable } from "./unreadable.ts";

/** Large enough that asking for it costs little, small enough for the caches of a processor. */
const BLOCK = 1024 * 1024;

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
    if ((await file.stat()).isDirectory())
      throw new SourceError(`${path} is a directory`, "source-unreadable");
    return await digestHandle(file, new Digester(options), signal, onBytes);
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
  let [block, next] = [Buffer.allocUnsafeSlow(BLOCK), Buffer.allocUnsafeSlow(BLOCK)];
  let reading = file.read(block, 0, BLOCK);
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
    reading = file.read(block, 0, BLOCK);
    // Awaited in the next round; until then, a failure must not count as unhandled.
    reading.catch(() => {});
    digester.update(read);
    unreported += bytesRead;
  }
}
