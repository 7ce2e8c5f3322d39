import type { Pairs } from "./canonical.ts";

/** The seven fields of an `Authorization` header, for a presigned URL. A SecretId may have any character. */
export function signatureFields(authorization: string): Pairs {
  return authorization.split(/&(?=q-)/).map((field) => {
    const at = field.indexOf("=");
    return [field.slice(0, at), field.slice(at + 1)];
  });
}
