import { createHash } from "node:crypto";
import { open, readFile } from "node:fs/promises";
import { createCRC64 } from "hash-wasm";
import { combineCrc64 } from "./crc64-combine.mjs";

/**
 * @typedef {{ size: number, crc64: bigint, etag: string, contentMd5: string | undefined }} StoredPart
 * @typedef {{ key: string, size: number, crc64: string, contentMd5: (string | null)[] }} StoredObject
 * @typedef {{ key: string, parts: Map<number, StoredPart> }} Upload
 */

/** Stores sizes and digests of objects and parts, but not their bytes. */
export class Store {
  /** @type {Map<string, StoredObject>} */
  objects = new Map();
  /** @type {Map<string, Upload>} */
  uploads = new Map();
  /** Objects whose bytes are in memory, to be downloaded. @type {Map<string, { bytes: Buffer, crc64: string }>} */
  held = new Map();
  #count = 0;

  /** @param {string} key @param {StoredPart} part */
  putObject(key, part) {
    this.objects.set(key, {
      key,
      size: part.size,
      crc64: String(part.crc64),
      contentMd5: [part.contentMd5 ?? null],
    });
  }

  /** @param {string} key */
  initiate(key) {
    this.#count += 1;
    const uploadId = `bench${this.#count}`;
    this.uploads.set(uploadId, { key, parts: new Map() });
    return uploadId;
  }

  /**
   * Completes an upload. The part numbers must be 1, 2, 3 … and the ETags those of the stored parts.
   * @param {string} uploadId
   * @param {{ partNumber: number, etag: string }[]} named
   */
  complete(uploadId, named) {
    const upload = this.uploads.get(uploadId);
    if (upload === undefined) throw new Error(`no upload ${uploadId}`);
    let crc64 = 0n;
    let size = 0;
    const contentMd5 = named.map(({ partNumber, etag }, index) => {
      const part = upload.parts.get(partNumber);
      if (part === undefined || part.etag !== etag || partNumber !== index + 1) {
        throw new Error(`part ${partNumber} of ${uploadId} is not what was stored`);
      }
      crc64 = combineCrc64(crc64, part.crc64, part.size);
      size += part.size;
      return part.contentMd5 ?? null;
    });
    const object = { key: upload.key, size, crc64: String(crc64), contentMd5 };
    this.objects.set(upload.key, object);
    this.uploads.delete(uploadId);
    return object;
  }

  /** Holds the bytes of a local file as an object. @param {{ key: string, path: string, crc64: string }} file */
  async hold({ key, path, crc64 }) {
    this.held.set(key, { bytes: await readFile(path), crc64 });
  }

  /** Returns and removes all objects that were stored since the last call. */
  take() {
    const taken = [...this.objects.values()];
    this.objects.clear();
    return taken;
  }

  /**
   * Creates an upload that already holds all parts of a local file, with MD5s as ETags for the comparison of a resume.
   * @param {{ key: string, path: string, partSize: number }} file
   */
  async seed({ key, path, partSize }) {
    const uploadId = this.initiate(key);
    const hasher = await createCRC64();
    const handle = await open(path);
    const buffer = Buffer.allocUnsafeSlow(partSize);
    const { size } = await handle.stat();
    for (let start = 0, partNumber = 1; start < size; start += partSize, partNumber += 1) {
      const { bytesRead } = await handle.read(buffer, 0, partSize, start);
      const bytes = buffer.subarray(0, bytesRead);
      const part = {
        size: bytesRead,
        crc64: BigInt(`0x${hasher.init().update(bytes).digest()}`),
        etag: createHash("md5").update(bytes).digest("hex"),
        contentMd5: undefined,
      };
      this.uploads.get(uploadId)?.parts.set(partNumber, part);
    }
    await handle.close();
    return uploadId;
  }
}
