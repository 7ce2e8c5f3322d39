import { contentTypeOf } from "@cosup/node";
import type { ManifestEntry } from "../manifest/entry.ts";
import type { TransferContext } from "./types.ts";

/** What every request about the object of an entry has. */
export function objectOf(
  { bucket, signal }: TransferContext,
  { key }: ManifestEntry,
): { Bucket: string; Key: string; signal: AbortSignal } {
  return { Bucket: bucket, Key: key, signal };
}

/** What is stored with an object. */
export interface StoredHeaders {
  readonly ContentType?: string;
  readonly Metadata?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The headers that an entry asks for. Metadata apart: `@cosup/node` encodes what is not ASCII. */
export function headersOf({ contentType, headers = {} }: ManifestEntry): StoredHeaders {
  const all = Object.entries(headers);
  const isMetadata = ([name]: readonly [string, string]): boolean => name.startsWith("x-cos-meta-");
  const [metadata, others] = [all.filter(isMetadata), all.filter((each) => !isMetadata(each))];
  return {
    ...(contentType === undefined ? {} : { ContentType: contentType }),
    ...(metadata.length === 0 ? {} : { Metadata: Object.fromEntries(metadata) }),
    ...(others.length === 0 ? {} : { headers: Object.fromEntries(others) }),
  };
}

/** The same for Initiate, which infers no Content-Type. */
export function initialHeadersOf(entry: ManifestEntry): StoredHeaders {
  const [, extension] = /[^/\\]\.([^./\\]+)$/.exec(entry.key) ?? [];
  const type = extension === undefined ? undefined : contentTypeOf(extension.toLowerCase());
  return { ...(type === undefined ? {} : { ContentType: type }), ...headersOf(entry) };
}
