import { existsSync } from "node:fs";
import { mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import { combineCrc64 } from "../sink/crc64-combine.mjs";
import { cacheFolder } from "./paths.mjs";
import { MiB } from "./units.mjs";

/**
 * Cuts a file into pieces of one size, for programs that cannot send a part of a file. They are cut once.
 * @param {import("./sources.mjs").Source} source
 * @param {number} length
 * @returns {Promise<string[]>} their paths
 */
export async function piecesOf({ path, size }, length) {
  const folder = `${cacheFolder}pieces-${size / MiB}-${length / MiB}MiB/`;
  const paths = Array.from({ length: Math.ceil(size / length) }, (_, index) => `${folder}${index}`);
  if (existsSync(folder)) return paths;
  const unfinished = `${folder.slice(0, -1)}.part/`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  const handle = await open(path);
  const buffer = Buffer.allocUnsafeSlow(length);
  for (let index = 0; index < paths.length; index += 1) {
    const { bytesRead } = await handle.read(buffer, 0, length, index * length);
    await writeFile(`${unfinished}${index}`, buffer.subarray(0, bytesRead));
  }
  await handle.close();
  await rename(unfinished, folder);
  return paths;
}

/**
 * Throws unless the sink received the pieces of the source as objects `….0`, `….1` and so on since the last call.
 * @param {import("./sink-process.mjs").Sink} sink
 * @param {import("./sources.mjs").Source} source
 * @param {string} who
 */
export async function verifyPieces(sink, source, who) {
  const pieces = (await sink.take()).map(({ key, size, crc64 }) => ({
    index: Number(/\.(\d+)$/.exec(key)?.[1]),
    size,
    crc64: BigInt(crc64),
  }));
  pieces.sort((one, other) => one.index - other.index);
  let [size, crc64] = [0, 0n];
  for (const piece of pieces) {
    size += piece.size;
    crc64 = combineCrc64(crc64, piece.crc64, piece.size);
  }
  if (size !== source.size || String(crc64) !== source.crc64)
    throw new Error(
      `${who}: ${size} bytes with CRC64 ${crc64} arrived, not ${source.size} with ${source.crc64}`,
    );
}
