import { createCipheriv, createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, open, readFile, rename, writeFile } from "node:fs/promises";
import { createCRC64 } from "hash-wasm";
import { combineCrc64 } from "../sink/crc64-combine.mjs";
import { cacheFolder } from "./paths.mjs";
import { MiB } from "./units.mjs";

const BLOCK = 16 * MiB;

/** @typedef {{ path: string, size: number, crc64: string }} Source a file whose CRC64 is known */

/** A file of reproducible pseudo-random bytes. It is created once. @param {number} size @returns {Promise<Source>} */
export async function randomFile(size) {
  const path = `${cacheFolder}random-${size / MiB}MiB.bin`;
  if (!existsSync(`${path}.json`)) await writeRandom(path, size);
  await warm(path);
  return JSON.parse(await readFile(`${path}.json`, "utf8"));
}

/** @param {string} path @param {number} size */
async function writeRandom(path, size) {
  await mkdir(cacheFolder, { recursive: true });
  const cipher = createCipheriv("aes-128-ctr", Buffer.alloc(16), Buffer.alloc(16));
  const hasher = await createCRC64();
  const handle = await open(`${path}.part`, "w");
  for (let start = 0; start < size; start += BLOCK) {
    const bytes = cipher.update(Buffer.alloc(Math.min(BLOCK, size - start)));
    hasher.update(bytes);
    await handle.write(bytes);
  }
  await handle.close();
  await rename(`${path}.part`, path);
  const crc64 = String(BigInt(`0x${hasher.digest()}`));
  await writeFile(`${path}.json`, JSON.stringify({ path, size, crc64 }));
}

/** A sparse file of zeros, for measurements where only the size matters. @param {number} size @returns {Promise<Source>} */
export async function sparseFile(size) {
  await mkdir(cacheFolder, { recursive: true });
  const path = `${cacheFolder}sparse-${size / MiB}MiB.bin`;
  if (!existsSync(path)) {
    const handle = await open(`${path}.part`, "w");
    await handle.truncate(size);
    await handle.close();
    await rename(`${path}.part`, path);
  }
  await warm(path);
  return { path, size, crc64: String(await crc64OfZeros(size)) };
}

/** @param {number} size a multiple of 1 MiB */
async function crc64OfZeros(size) {
  const one = BigInt(`0x${(await createCRC64()).update(new Uint8Array(MiB)).digest()}`);
  let crc64 = 0n;
  for (let start = 0; start < size; start += MiB) crc64 = combineCrc64(crc64, one, MiB);
  return crc64;
}

/** Reads a file once, so that every client finds it in the page cache. @param {string} path */
async function warm(path) {
  const handle = await open(path);
  const buffer = Buffer.allocUnsafeSlow(BLOCK);
  while ((await handle.read(buffer, 0, BLOCK, null)).bytesRead > 0);
  await handle.close();
}

/** The expected Content-MD5 (Base64) of each part. It is computed once. @param {Source} source @param {number} partSize @returns {Promise<string[]>} */
export async function partMd5s({ path, size }, partSize) {
  const kept = `${path}.md5-${partSize}.json`;
  if (!existsSync(kept)) {
    const handle = await open(path);
    const buffer = Buffer.allocUnsafeSlow(partSize);
    const digests = [];
    for (let start = 0; start < size; start += partSize) {
      const { bytesRead } = await handle.read(buffer, 0, partSize, start);
      digests.push(createHash("md5").update(buffer.subarray(0, bytesRead)).digest("base64"));
    }
    await handle.close();
    await writeFile(kept, JSON.stringify(digests));
  }
  return JSON.parse(await readFile(kept, "utf8"));
}
