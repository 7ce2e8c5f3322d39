/** Headers of responses that core reads, and a browser shows to a page of another origin only when the rule exposes them. */
const EXPOSED =
  "ETag, Content-Length, Date, x-cos-request-id, x-cos-hash-crc64ecma, x-cos-version-id, x-cos-next-append-position";

/** What the bucket's CORS rule must have, as a sentence for a hint. */
export function corsRule(): string {
  return (
    `the bucket's CORS rule must allow the origin ${globalThis.location.origin}, the methods PUT, POST, GET, HEAD and ` +
    `DELETE and the header *, and expose ${EXPOSED}`
  );
}
