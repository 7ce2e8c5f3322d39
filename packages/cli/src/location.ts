import { ArgumentTypeError, bucketName, checkKey } from "@cosup/node";

/** What `cos://BUCKET/KEY` names. The key is literal: nothing in it is decoded. */
export interface Location {
  readonly bucket: string;
  /** Empty: the bucket itself. */
  readonly key: string;
}

export function isLocation(text: string): boolean {
  return text.toLowerCase().startsWith("cos://");
}

/**
 * Reads `cos://BUCKET[/KEY]`.
 * @throws {TypeError} {@link RangeError} not of this form, or not a bucket's name
 */
export function parseLocation(text: string): Location {
  const match = /^cos:\/\/([^/]*)(?:\/(.*))?$/is.exec(text);
  if (match === null) {
    throw new ArgumentTypeError("target", `must be cos://BUCKET/KEY, not '${text}'`);
  }
  const [, bucket = "", key = ""] = match;
  bucketName(bucket, "Bucket");
  return { bucket, key };
}

/** {@link parseLocation} of an object: the key is there, and one that COS accepts. */
export function parseObjectLocation(text: string): Location {
  const location = parseLocation(text);
  checkKey(location.key, "Key");
  return location;
}
