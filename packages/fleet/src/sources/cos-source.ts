import { TransferError } from "../errors.ts";
import type { CosSource } from "../manifest/check-source.ts";
import type { SourceFacts, TransferContext } from "../transfer/types.ts";

/**
 * Asks COS for the size, version and CRC64 of an object to copy.
 * @throws {TransferError} `source-not-found`, or `unverified`: COS has no CRC64 of it
 */
export async function probeObject(context: TransferContext, source: CosSource): Promise<SourceFacts> {
  return (await probeObjectWithHeaders(context, source)).facts;
}

/** The same, with the headers of the object, their names in lower case. */
export async function probeObjectWithHeaders(
  { cos, signal }: TransferContext,
  { bucket, key }: CosSource,
): Promise<{ readonly facts: SourceFacts; readonly headers: Readonly<Record<string, string>> }> {
  const name = `cos://${bucket}/${key}`;
  const object = await cos
    .headObject({ Bucket: bucket, Key: key, signal })
    .catch((error: { code?: unknown }) => {
      if (error.code !== "not-found") throw error;
      throw new TransferError(`${name} does not exist`, {
        code: "source-not-found",
        retryable: false,
        cause: error,
      });
    });
  if (object.crc64 === undefined) throw unverified(name);
  const { ContentLength: size, ETag: fingerprint, crc64, headers } = object;
  return { facts: { kind: "cos", size, fingerprint, crc64 }, headers };
}

/** An object older than the checksums of COS. */
export function unverified(name: string): TransferError {
  return new TransferError(`COS has no CRC64 of ${name}, so that its copy cannot be verified`, {
    code: "unverified",
    retryable: false,
    hint: "download it, and put its path into the manifest",
  });
}

/** Where a `cos://` source is copied from. */
export function copySourceOf(
  { region }: TransferContext,
  { bucket, key }: CosSource,
): { Bucket: string; Key: string; Region: string } {
  if (region === undefined) throw new TypeError("region: must be given for cos:// sources");
  return { Bucket: bucket, Key: key, Region: region };
}
