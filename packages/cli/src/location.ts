import { ArgumentTypeError, checkUpload } from "@cosup/node";

/** The parts of `cos://BUCKET/KEY`. The key is used literally: no percent-decoding. */
export interface Location {
  readonly bucket: string;
  /** Empty if the location is the bucket itself. */
  readonly key: string;
}

/** Whether `text` begins with `cos://`. */
export function isLocation(text: string): boolean {
  return text.toLowerCase().startsWith("cos://");
}

/**
 * Parses `cos://BUCKET[/KEY]`.
 * @throws {TypeError} {@link RangeError} the form or the bucket name is invalid
 */
export function parseLocation(text: string): Location {
  return parseForm(text, "cos://BUCKET[/KEY]");
}

/** @param form that is accepted, for the message */
function parseForm(text: string, form: string): Location {
  const match = /^cos:\/\/([^/]*)(?:\/(.*))?$/is.exec(text);
  if (match === null) throw new ArgumentTypeError("target", `must be ${form}, not '${text}'`);
  const [, bucket = "", key = ""] = match;
  checkUpload({ Bucket: bucket });
  return { bucket, key };
}

/**
 * Parses `cos://BUCKET/KEY`.
 * @throws {TypeError} {@link RangeError} the form, the bucket name or the key is invalid
 */
export function parseObjectLocation(text: string): Location {
  const location = parseForm(text, "cos://BUCKET/KEY");
  checkUpload({ Key: location.key });
  return location;
}
