import { CosError } from "@cosup/node";
import { type ConnectionFlags, openClient } from "../client.ts";
import { ownEnvironment } from "../credentials.ts";
import { formatBytes } from "../display/format.ts";
import { abortOnInterrupt } from "../interrupt.ts";
import { parseObjectLocation } from "../location.ts";
import { writeJson, writeResult } from "../output.ts";
import { bareETag } from "./outcome.ts";

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
  const properties = {
    bucket,
    key,
    size: object.ContentLength,
    crc64: object.crc64 ?? null,
    etag: bareETag(object.ETag) ?? null,
    contentType: object.ContentType ?? null,
    lastModified: object.LastModified ?? null,
    storageClass: object.StorageClass,
    versionId: object.versionId ?? null,
    metadata: object.Metadata,
  };
  if (flags.json === true) writeJson(properties);
  else for (const [name, value] of rows(properties)) writeResult(`${name.padEnd(14)}${value}`);
  return 0;
}

function isNotFound(error: unknown): boolean {
  return error instanceof CosError && error.code === "not-found";
}

function notFound(target: string, cause: unknown): CosError {
  return new CosError(`${target} does not exist`, { code: "not-found", retryable: false, cause });
}

function rows(properties: {
  readonly size: number;
  readonly metadata: Readonly<Record<string, string>>;
}): [string, string][] {
  const { metadata, size, ...plain } = properties;
  const entries = Object.entries({ ...plain, size: `${size} (${formatBytes(size)})`, ...metadata });
  return entries.flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]]));
}
