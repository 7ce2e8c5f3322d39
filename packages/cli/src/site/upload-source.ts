import type { UploadSettings } from "../commands/copy-flags.ts";
import { partSizeFor } from "../part-size.ts";
import type { FileSettings } from "./site-rules.ts";

/** Metadata of an object that is stored compressed: what its file was, so that `cosup check` can compare it. */
export const FILE_SIZE = "x-cos-meta-cosup-file-size";
export const FILE_CRC64 = "x-cos-meta-cosup-file-crc64";

/** The size and the CRC64 of a file whose object has others. */
export interface FileDigest {
  readonly size: number;
  readonly crc64: string;
}

/** What is uploaded of a file, and with which settings. */
export interface UploadSource {
  readonly parameters: UploadSettings &
    ({ readonly LocalFilePath: string; readonly refuseSymlinks: boolean } | { readonly Body: Buffer });
  /** What the file is, if it is stored compressed. */
  readonly file?: FileDigest | undefined;
}

/**
 * Prepares the upload of a file: chooses its part size, and compresses it if its settings ask for that.
 * @param bytes its size
 * @throws {SourceError} it is to be compressed and cannot be read, or changes meanwhile
 */
export async function uploadSource(
  path: string,
  refuseSymlinks: boolean,
  { settings, encodings }: FileSettings,
  bytes: number,
): Promise<UploadSource> {
  const PartSize = settings.PartSize ?? partSizeFor(bytes);
  const asItIs = { parameters: { ...settings, PartSize, LocalFilePath: path, refuseSymlinks } };
  if (encodings.length === 0) return asItIs;
  const { compressFile } = await import("./compress.ts");
  const compressed = await compressFile(path, encodings, refuseSymlinks);
  if (compressed === undefined) return asItIs;
  const { body, encoding, size, crc64 } = compressed;
  const Metadata = { ...settings.Metadata, [FILE_SIZE]: String(size), [FILE_CRC64]: crc64 };
  return {
    parameters: { ...settings, Metadata, ContentEncoding: encoding, Body: body },
    file: { size, crc64 },
  };
}
