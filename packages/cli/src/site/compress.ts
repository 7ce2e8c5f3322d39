import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, gzip, constants as zlib } from "node:zlib";
import { SourceError } from "@cosup/node";
import { digestOf } from "@cosup/node/digest";
import { unreadable } from "../unreadable.ts";
import type { Encoding } from "./compressible.ts";

/** A file as it is stored with a Content-Encoding. */
export interface CompressedFile {
  readonly body: Buffer;
  readonly encoding: Encoding;
  /** Bytes of the file itself. */
  readonly size: number;
  /** Of the file itself, as unsigned decimal. */
  readonly crc64: string;
}

/** Larger files are stored as they are, because a file is compressed in memory. */
export const MOST_BYTES = 32 * 1024 * 1024;

/** Above this size the best quality of Brotli takes seconds; the next one costs a few per cent of the size. */
const BEST_BROTLI_BYTES = 1024 * 1024;

const compressors: Readonly<Record<Encoding, (bytes: Buffer) => Promise<Buffer>>> = {
  gzip: async (bytes) => {
    const compressed = await promisify(gzip)(bytes, { level: 9 });
    // The byte that names the operating system: the same file is the same object from every machine.
    compressed[9] = 255;
    return compressed;
  },
  br: (bytes) =>
    promisify(brotliCompress)(bytes, {
      params: {
        [zlib.BROTLI_PARAM_MODE]: zlib.BROTLI_MODE_TEXT,
        [zlib.BROTLI_PARAM_QUALITY]: bytes.length > BEST_BROTLI_BYTES ? 9 : 11,
        [zlib.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
};

/**
 * Compresses a file with the first of `encodings` that makes it smaller. The same bytes give the same result, so that an
 * object can be compared with its file.
 * @param refuseSymlinks the path must not be a link
 * @returns undefined: none makes it smaller, or it is too large
 * @throws {SourceError} it cannot be read, or changes meanwhile
 */
export async function compressFile(
  path: string,
  encodings: readonly Encoding[],
  refuseSymlinks: boolean,
): Promise<CompressedFile | undefined> {
  // A FIFO in the place of the file would wait for a writer.
  const flags = (constants.O_NONBLOCK ?? 0) | (refuseSymlinks ? (constants.O_NOFOLLOW ?? 0) : 0);
  const file = await open(path, flags).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  let bytes: Buffer | undefined;
  try {
    bytes = await readWhole(file, path);
  } finally {
    await file.close();
  }
  if (bytes === undefined) return undefined;
  for (const encoding of encodings) {
    const body = await compressors[encoding](bytes);
    if (body.length >= bytes.length) continue;
    const { crc64 } = await digestOf(bytes);
    return { body, encoding, size: bytes.length, crc64 };
  }
  return undefined;
}

/** Undefined: it is too large. */
async function readWhole(file: FileHandle, path: string): Promise<Buffer | undefined> {
  const before = await file.stat();
  if (!before.isFile()) throw new SourceError(`${path} is no regular file`, "source-unreadable");
  if (before.size > MOST_BYTES) return undefined;
  const bytes = await file.readFile();
  const after = await file.stat();
  const isSame =
    after.size === bytes.length && after.mtimeMs === before.mtimeMs && after.ctimeMs === before.ctimeMs;
  if (!isSame) throw new SourceError(`${path} was changed while it was read`, "source-changed");
  return bytes;
}
