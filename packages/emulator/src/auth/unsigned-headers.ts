import { CosErrorResponse } from "../errors.ts";

/** Refuses headers of S3 or COS that are not signed: they could have been added on the way. */
export function checkSignedHeaders(
  headers: ReadonlyMap<string, string>,
  isSigned: (name: string) => boolean,
): void {
  const unsigned = [...headers.keys()].filter((name) => /^x-(?:amz|cos)-/.test(name) && !isSigned(name));
  if (unsigned.length === 0) return;
  throw new CosErrorResponse(
    "AccessDenied",
    "There were headers present in the request which were not signed",
    { HeadersNotSigned: unsigned.join(", ") },
  );
}
