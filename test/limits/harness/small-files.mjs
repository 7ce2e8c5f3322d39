import { mkdir, writeFile } from "node:fs/promises";
import { createCRC64 } from "hash-wasm";
import { blocks } from "./generated.mjs";

const FILES_PER_FOLDER = 100;
const SIZE = 1024;

/**
 * Writes `count` files of 1 KiB, a hundred to a folder, each with different bytes.
 * @param {string} folder
 * @param {number} count
 * @returns {Promise<Map<string, import("./emulator.mjs").Stored>>} what COS must store, by key
 */
export async function writeSmallFiles(folder, count) {
  const hash = await createCRC64();
  const stored = new Map();
  const [bytes = new Uint8Array(0)] = blocks(SIZE, count);
  const marked = new DataView(bytes.buffer);
  for (let index = 0; index < count; index += 1) {
    const parent = `d${Math.floor(index / FILES_PER_FOLDER)}`;
    if (index % FILES_PER_FOLDER === 0) await mkdir(`${folder}/${parent}`, { recursive: true });
    marked.setUint32(0, index);
    const key = `${parent}/f${index}.bin`;
    await writeFile(`${folder}/${key}`, bytes.subarray(0, SIZE));
    hash.init().update(bytes.subarray(0, SIZE));
    stored.set(key, { size: SIZE, crc64: String(BigInt(`0x${hash.digest("hex")}`)) });
  }
  return stored;
}
