import { CosError } from "@cosup/node";
import { type ConnectionFlags, openClient } from "../client.ts";
import { ownEnvironment } from "../credentials.ts";
import { formatBytes } from "../display/format.ts";
import { abortOnInterrupt } from "../interrupt.ts";
import { isNotFound } from "../is-not-found.ts";
import { parseObjectLocation } from "../location.ts";
import { writeJson, writeResult } from "../output.ts";
import { bareETag } from "./outcome.ts";

/** Longest name of a property, and two spaces. */
const WIDTH = "contentDisposition".length + 2;

/** Runs `cosup stat`: prints the properties of an object. Returns the exit code. */
export async function stat(
  target: string,
  flags: ConnectionFlags & { readonly json?: boolean },
): Promise<number> {
  const { bucket, key } = parseObjectLocation(target);
  const client = openClient(flags, ownEnvironment());
  const object = await client
    .headObject({ Bucket: bucket, Key: key, signal: abortOnInterrupt() })
    .catch((error: unknown) => {
      throw isNotFound(error) ? notFound(target, error) : error;
    });
  const header = (name: string): string | null => object.headers[name] ?? null;
  const properties = {
    type: "stat",
    bucket,
    key,
    size: object.ContentLength,
    crc64: object.crc64 ?? null,
    etag: bareETag(object.ETag) ?? null,
    contentType: object.ContentType ?? null,
    cacheControl: header("cache-control"),
    contentDisposition: header("content-disposition"),
    contentEncoding: header("content-encoding"),
    contentLanguage: header("content-language"),
    expires: header("expires"),
    encryption: header("x-cos-server-side-encryption"),
    lastModified: object.LastModified ?? null,
    storageClass: object.StorageClass,
    versionId: object.versionId ?? null,
    metadata: object.Metadata,
  };
  if (flags.json === true) writeJson(properties);
  else for (const [name, value] of rows(properties)) writeResult(`${name.padEnd(WIDTH)}${value}`);
  return 0;
}

function notFound(target: string, cause: unknown): CosError {
  return new CosError(`${target} does not exist`, { code: "not-found", retryable: false, cause });
}

function rows(properties: {
  readonly type: string;
  readonly size: number;
  readonly metadata: Readonly<Record<string, string>>;
}): [string, string][] {
  const { type: _, metadata, size, ...plain } = properties;
  const entries = Object.entries({ ...plain, size: `${size} (${formatBytes(size)})`, ...metadata });
  return entries.flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]]));
}
