import { IntegrityError } from "../errors.ts";
import { toBase64 } from "../text/base64.ts";

/**
 * Requires that the caller's ContentMD5, if any, is the MD5 of the bytes. Called before anything is published.
 * @param given base64
 * @throws {IntegrityError} it is the MD5 of other bytes
 */
export function requireContentMd5(given: string | undefined, md5: Uint8Array | undefined): void {
  if (given === undefined || md5 === undefined) return;
  const expected = toBase64(md5);
  if (expected === given) return;
  throw new IntegrityError(
    "ContentMD5 is not the MD5 of the bytes",
    { expected, actual: given },
    { retryable: false, hint: "nothing was published: give the MD5 of exactly these bytes, or none" },
  );
}
