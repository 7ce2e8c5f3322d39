import { SourceReplaced } from "./failures.ts";

/** Headers of the COS object that R2 knows, too. */
export interface StoredAs {
  readonly ContentType?: string;
  readonly CacheControl?: string;
  readonly ContentDisposition?: string;
  readonly ContentEncoding?: string;
  readonly ContentLanguage?: string;
}

/**
 * Reads an R2 object, or a range of it, on condition that it is still the listed version.
 * @throws {SourceReplaced} it was replaced or deleted
 */
export async function readR2(
  bucket: R2Bucket,
  { key, etag }: { readonly key: string; readonly etag: string },
  [start, end]: readonly [number, number],
): Promise<{ bytes: Uint8Array; storedAs: StoredAs }> {
  // An empty range cannot be asked for.
  const range = end > start ? { range: { offset: start, length: end - start } } : {};
  const object = await bucket.get(key, { ...range, onlyIf: { etagMatches: etag } });
  if (object === null) throw new SourceReplaced(`${key} was deleted from R2 during the move`);
  if (!("body" in object)) throw replaced(key);
  const bytes = new Uint8Array(await object.arrayBuffer());
  if (bytes.length !== end - start)
    throw new Error(`R2 gave ${bytes.length} of ${end - start} bytes of ${key}`);
  return { bytes, storedAs: storedAs(object) };
}

/**
 * Asks R2 for the headers of an object, on condition that it is still the listed version.
 * @throws {SourceReplaced} it was replaced or deleted
 */
export async function headR2(
  bucket: R2Bucket,
  { key, etag }: { readonly key: string; readonly etag: string },
): Promise<StoredAs> {
  const object = await bucket.head(key);
  if (object === null) throw new SourceReplaced(`${key} was deleted from R2 during the move`);
  if (object.etag !== etag) throw replaced(key);
  return storedAs(object);
}

function replaced(key: string): SourceReplaced {
  return new SourceReplaced(`${key} was replaced in R2 during the move`);
}

function storedAs({ httpMetadata }: R2Object): StoredAs {
  const { contentType, cacheControl, contentDisposition, contentEncoding, contentLanguage } =
    httpMetadata ?? {};
  return {
    ...(contentType === undefined ? {} : { ContentType: contentType }),
    ...(cacheControl === undefined ? {} : { CacheControl: cacheControl }),
    ...(contentDisposition === undefined ? {} : { ContentDisposition: contentDisposition }),
    ...(contentEncoding === undefined ? {} : { ContentEncoding: contentEncoding }),
    ...(contentLanguage === undefined ? {} : { ContentLanguage: contentLanguage }),
  };
}
