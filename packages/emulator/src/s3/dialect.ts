import { CosErrorResponse } from "../errors.ts";
import type { Address, AddressBook } from "../request/address.ts";

/** The names that a request uses: COS's own, or those of S3, which COS also accepts. */
export type Dialect = "cos" | "s3";

/** A request signed with AWS Signature Version 4 or 2 is an S3 request. */
export function dialectOf(target: string, headers: ReadonlyMap<string, string>): Dialect {
  const header = headers.get("authorization");
  if (header !== undefined) return /^\s*AWS[\s4]/.test(header) ? "s3" : "cos";
  // Read without decoding, because the query may be malformed.
  return /[?&](?:X-Amz-Algorithm|AWSAccessKeyId)=/.test(target) ? "s3" : "cos";
}

/** S3 clients always name the bucket, so a bare `host:port/` is the service, also with a single bucket. */
export function bookFor(dialect: Dialect, book: AddressBook): AddressBook {
  return dialect === "s3" ? { single: undefined } : book;
}

/** Refuses a bucket name without an APPID, which is what S3 clients are often configured with. */
export function checkBucketName(dialect: Dialect, { bucket, key }: Address): void {
  if (dialect === "cos" || bucket !== undefined || key === "") return;
  throw new CosErrorResponse(
    "InvalidRequest",
    "Missing required header for this request: Appid, Bucket format should be <bucketname>-<appid>",
  );
}
