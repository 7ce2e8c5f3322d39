import { closeSync, fstatSync, open, read, type Stats } from "node:fs";
import { promisify } from "node:util";
import { notAFile, READ_FLAGS, unreadable } from "./file-errors.ts";
import { requireSize, sourceChanged } from "./source-errors.ts";

const openDescriptor = promisify(open);
const readDescriptor = promisify(read);

/**
 * Reads a file whole. Opening and reading wait in threads, twice a file; asking for its size beforehand would cost half as
 * much again (0.04 ms of CPU of an object of 4 KiB).
 * @param size the bytes that it must have
 * @throws {TransferError} `source-not-found`, `source-unreadable`, `source-size`, or `source-changed`
 */
export async function readSmallFile(path: string, size: number): Promise<Uint8Array> {
  try {
    const descriptor = await openDescriptor(path, READ_FLAGS);
    try {
      return await readWhole(path, descriptor, size);
    } finally {
      // It waits for no disk either: 2 µs instead of 15 in a thread.
      closeSync(descriptor);
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function readWhole(path: string, descriptor: number, size: number): Promise<Uint8Array> {
  // It does not wait for the disk: the file is open.
  const before = fstatSync(descriptor);
  if (!before.isFile()) throw notAFile(path);
  requireSize(path, size, before.size);
  const bytes = Buffer.allocUnsafeSlow(size);
  for (let at = 0; at < size; ) {
    const { bytesRead } = await readDescriptor(descriptor, bytes, at, size - at, at);
    if (bytesRead === 0) throw sourceChanged(path);
    at += bytesRead;
  }
  if (isChanged(before, fstatSync(descriptor))) throw sourceChanged(path);
  return bytes;
}

function isChanged(before: Stats, after: Stats): boolean {
  return before.size !== after.size || before.mtimeMs !== after.mtimeMs;
}
