import { ArgumentRangeError, ArgumentTypeError } from "../errors.ts";
import { percentEncode } from "../text/percent.ts";
import { bucketName, regionName, text } from "./checks.ts";
import { checkKey } from "./key.ts";

/** The object to copy from. */
export interface CopySource {
  /** BucketName-APPID of the source. */
  readonly Bucket: string;
  /** The source's key. */
  readonly Key: string;
  /** The source's region. */
  readonly Region: string;
  /** A version of the source; default: the current one. */
  readonly VersionId?: string | undefined;
}

/** @throws {TypeError} {@link RangeError} a field is missing or malformed; the message names `CopySource.<field>` */
export function checkCopySource(value: unknown, parameter: string): void {
  if (typeof value !== "object" || value === null) {
    throw new ArgumentTypeError(parameter, "must be an object { Bucket, Key, Region, VersionId? }");
  }
  const source = value as Partial<Record<keyof CopySource, unknown>>;
  bucketName(source.Bucket, `${parameter}.Bucket`);
  checkKey(source.Key, `${parameter}.Key`);
  regionName(source.Region, `${parameter}.Region`);
  if (source.VersionId !== undefined) text(source.VersionId, `${parameter}.VersionId`);
  for (const name of Object.keys(value)) {
    if (!["Bucket", "Key", "Region", "VersionId"].includes(name)) {
      throw new ArgumentTypeError(
        `${parameter}.${name}`,
        "is not known; accepted are Bucket, Key, Region, VersionId",
      );
    }
  }
}

/** `x-cos-copy-source`: host and encoded key, without a scheme. */
export function copySourceHeader(source: CopySource): string {
  const key = source.Key.split("/").map(percentEncode).join("/");
  const version = source.VersionId ? `?versionId=${percentEncode(source.VersionId)}` : "";
  return `${source.Bucket}.cos.${source.Region}.myqcloud.com/${key}${version}`;
}

/** `bytes=first-last`, both inclusive. */
export function checkCopySourceRange(value: unknown, parameter: string): void {
  const match = typeof value === "string" ? /^bytes=(\d+)-(\d+)$/.exec(value) : null;
  if (value === "") return;
  if (match === null) throw new ArgumentTypeError(parameter, "must be 'bytes=first-last'");
  if (Number(match[1]) > Number(match[2]))
    throw new ArgumentRangeError(parameter, "must have first ≤ last in 'bytes=first-last'");
}
