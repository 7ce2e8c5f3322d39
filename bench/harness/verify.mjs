// Every measurement is verified: the digests that the sink computed must match the source.
import { open } from "node:fs/promises";
import { createCRC64 } from "hash-wasm";

/**
 * @typedef {import("./sink-process.mjs").Sink} Sink
 * @typedef {import("./sources.mjs").Source} Source
 */

/**
 * Throws unless the sink received exactly one object since the last call, with the size and CRC64 of the source.
 * @param {Sink} sink
 * @param {Source} source
 * @param {string} who the client, for the error message
 * @param {string[]} [md5s] the expected Content-MD5 of each part
 */
export async function verifyObject(sink, source, who, md5s) {
  const objects = (await sink.take()).filter(({ key }) => key !== "warm-up");
  const [object] = objects;
  if (objects.length !== 1 || object === undefined) {
    throw new Error(`${who}: ${objects.length} objects arrived instead of one`);
  }
  if (object.size !== source.size || object.crc64 !== source.crc64) {
    throw new Error(
      `${who}: ${object.size} bytes with CRC64 ${object.crc64} arrived, not ${source.size} with ${source.crc64}`,
    );
  }
  if (md5s !== undefined && JSON.stringify(object.contentMd5) !== JSON.stringify(md5s)) {
    throw new Error(`${who}: the Content-MD5 of the parts is missing or wrong`);
  }
}

/**
 * Throws unless the sink received every small file under its key with the right CRC64.
 * @param {Sink} sink
 * @param {import("./small-files.mjs").SmallFiles} files
 * @param {string} who
 */
export async function verifySmallFiles(sink, files, who) {
  const objects = (await sink.take()).filter(({ key }) => !key.startsWith("warm-up/"));
  if (objects.length !== files.count)
    throw new Error(`${who}: ${objects.length} of ${files.count} files arrived`);
  for (const { key, crc64 } of objects) {
    if (files.crc64s[key] !== crc64) throw new Error(`${who}: ${key} arrived with CRC64 ${crc64}`);
  }
}

/**
 * Throws unless a downloaded file has the size and CRC64 of the source.
 * @param {string} path
 * @param {Source} source
 * @param {string} who
 */
export async function verifyFile(path, source, who) {
  const hasher = await createCRC64();
  const buffer = Buffer.allocUnsafeSlow(4 * 1024 ** 2);
  let size = 0;
  const handle = await open(path);
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) break;
    hasher.update(buffer.subarray(0, bytesRead));
    size += bytesRead;
  }
  await handle.close();
  const crc64 = String(BigInt(`0x${hasher.digest()}`));
  if (size !== source.size || crc64 !== source.crc64) {
    throw new Error(
      `${who}: the file has ${size} bytes with CRC64 ${crc64}, not ${source.size} with ${source.crc64}`,
    );
  }
}
