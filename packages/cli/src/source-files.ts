import { type FileHandle, open } from "node:fs/promises";
import { SourceError } from "@cosup/node";
import { Digester, type DigesterOptions, type ObjectDigest } from "@cosup/node/digest";

/** The error of a file that is missing or that cannot be read. */
export function unreadable(path: string, cause: unknown): SourceError {
  const missing = ["ENOENT", "ENOTDIR"].includes((cause as NodeJS.ErrnoException).code ?? "");
  return new SourceError(
    `${path} ${missing ? "does not exist" : "cannot be read"}`,
    "source-unreadable",
    cause,
  );
}

/** Large enough for the speed of memory, small enough for the caches of a processor. */
const BLOCK = 512 * 1024;

/**
 * Computes the checksums of a file. Reads it once, through two blocks: one is read while the other is digested.
 * @param onBytes receives the bytes of each block
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
  for (;;) {
    const { bytesRead } = await reading;
    if (bytesRead === 0) return digester.result();
    signal.throwIfAborted();
    const read = block.subarray(0, bytesRead);
    [block, next] = [next, block];
    reading = file.read(block, 0, BLOCK);
    // Awaited in the next round; until then, a failure must not count as unhandled.
    reading.catch(() => {});
    digester.update(read);
    onBytes?.(bytesRead);
  }
}
