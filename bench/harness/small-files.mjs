import { createCipheriv } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createCRC64 } from "hash-wasm";
import { cacheFolder } from "./paths.mjs";

const FILES_PER_FOLDER = 100;
export const SMALL_BYTES = 4096;

/** @typedef {{ folder: string, count: number, crc64s: Record<string, string> }} SmallFiles with CRC64s by relative path */

/**
 * A folder with `count` files of 4 KiB and different contents, 100 per subfolder. It is created once.
 * @param {number} count
 * @returns {Promise<SmallFiles>}
 */
export async function smallFiles(count) {
  const folder = `${cacheFolder}small-${count}`;
  if (!existsSync(`${folder}.json`)) await writeSmall(folder, count);
  const { crc64s } = JSON.parse(await readFile(`${folder}.json`, "utf8"));
  // Reads all files once, so that every client finds them in the page cache.
  for (const relativePath of Object.keys(crc64s)) await readFile(`${folder}/${relativePath}`);
  return { folder, count, crc64s };
}

/** @param {string} folder @param {number} count */
async function writeSmall(folder, count) {
  const cipher = createCipheriv("aes-128-ctr", Buffer.alloc(16, 1), Buffer.alloc(16));
  const hasher = await createCRC64();
  /** @type {Record<string, string>} */
  const crc64s = {};
  for (let index = 0; index < count; index += 1) {
    const parent = `d${String(Math.floor(index / FILES_PER_FOLDER)).padStart(4, "0")}`;
    if (index % FILES_PER_FOLDER === 0) await mkdir(`${folder}/${parent}`, { recursive: true });
    const relativePath = `${parent}/f${String(index).padStart(6, "0")}.bin`;
    const bytes = cipher.update(Buffer.alloc(SMALL_BYTES));
    crc64s[relativePath] = String(BigInt(`0x${hasher.init().update(bytes).digest()}`));
    await writeFile(`${folder}/${relativePath}`, bytes);
  }
  await writeFile(`${folder}.json`, JSON.stringify({ crc64s }));
}
