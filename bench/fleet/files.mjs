// The files of the measurements, and their checksums.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { createCRC64 } from "hash-wasm";
import { keyOf, MIB } from "./rig.mjs";

/** Small files with different contents. @param {string} folder @param {number} count @param {number} size */
export async function smallFiles(folder, count, size) {
  await mkdir(folder, { recursive: true });
  const entries = [];
  for (let index = 0; index < count; index += 1) {
    const source = join(folder, String(index));
    const file = await open(source, "w");
    await file.write(bytesOf(index, size));
    await file.close();
    entries.push({ source, key: keyOf(index), size });
  }
  return entries;
}

/** One large file. @param {string} folder @param {number} size */
export async function largeFile(folder, size, name = "large") {
  const source = join(folder, name);
  const file = await open(source, "w");
  for (let at = 0; at < size; at += MIB)
    await file.write(bytesOf(1_000_000_000 + at / MIB, Math.min(MIB, size - at)));
  await file.close();
  return { source, key: "large.bin", size };
}

/** @param {number} seed @param {number} size */
function bytesOf(seed, size) {
  const block = createHash("sha512").update(String(seed)).digest();
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += 64) bytes.set(block.subarray(0, Math.min(64, size - at)), at);
  // No two blocks are the same, so that parts in a wrong order have another checksum.
  for (let at = 0; at + 64 <= size; at += 64) bytes.writeUInt32LE(at, at);
  return bytes;
}

/** CRC64 of a file by hash-wasm, which shares no code with cosup. @param {string} path */
export async function crc64Of(path) {
  const hash = await createCRC64();
  for await (const piece of createReadStream(path)) hash.update(piece);
  return BigInt(`0x${hash.digest("hex")}`).toString();
}
