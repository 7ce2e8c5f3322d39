import { ServiceError } from "@cosup/node";

const ADVICE: Readonly<Record<string, string>> = {
  NoSuchBucket: "Check the bucket's name with its APPID, and its region (--region).",
  SignatureDoesNotMatch: "The SecretKey is not that of the SecretId: copy both again.",
  InvalidAccessKeyId: "COS does not know the SecretId: copy it again, or enable the key.",
};

/** What to do where COS's own message only says what is wrong; undefined for other errors. */
export function adviceFor(error: unknown): string | undefined {
  return error instanceof ServiceError ? ADVICE[error.cosCode] : undefined;
}
