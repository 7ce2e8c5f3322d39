import { CosErrorResponse } from "../errors.ts";
import type { EmulatorCredentials } from "../types.ts";

/** The key pair of a request. One SecretId may stand for several pairs that differ in their token. */
export function findCredentials(
  all: readonly EmulatorCredentials[],
  secretId: string,
  token: string | undefined,
): EmulatorCredentials {
  const candidates = all.filter((candidate) => candidate.secretId === secretId);
  const found = candidates.find((candidate) => candidate.token === token) ?? candidates[0];
  if (!found) {
    throw new CosErrorResponse(
      "InvalidAccessKeyId",
      "The access key Id you provided does not exist in our records.",
    );
  }
  return found;
}
