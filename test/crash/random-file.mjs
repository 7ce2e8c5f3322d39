import { randomFillSync } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import { createCRC64 } from "hash-wasm";

export const MiB = 1024 * 1024;
const PIECE = 4 * MiB;

/**
 * Writes `size` random bytes. Returns their CRC64-ECMA as unsigned decimal, computed by hash-wasm and not by our code.
 */
export async function writeRandomFile(path, size) {
  const hash = await createCRC64();
  const file = openSync(path, "w");
  const piece = Buffer.alloc(PIECE);
  for (let written = 0; written < size; written += PIECE) {
    randomFillSync(piece);
    const bytes = piece.subarray(0, Math.min(PIECE, size - written));
    writeSync(file, bytes);
    hash.update(bytes);
  }
  closeSync(file);
  return BigInt(`0x${hash.digest("hex")}`).toString();
}
