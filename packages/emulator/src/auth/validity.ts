import { CosErrorResponse } from "../errors.ts";
import type { EmulatorCredentials } from "../types.ts";
import { denied, type SignatureFields } from "./fields.ts";

/** Beyond this, the response is RequestTimeTooSkewed, on which clients correct their clock. */
export const MAX_SKEW_SECONDS = 15 * 60;

/** Checks the clock of the client, then the validity of the signature. */
export function checkTime(fields: SignatureFields, headers: ReadonlyMap<string, string>, now: number): void {
  const seconds = Math.floor(now / 1000);
  // A proxy may have written an unsigned Date, so only a signed one counts.
  const date = fields.headerNames.includes("date") ? Date.parse(headers.get("date") ?? "") : Number.NaN;
  const dateSkew = Number.isNaN(date) ? 0 : Math.abs(date / 1000 - seconds);
  if (fields.signTime.start > seconds + MAX_SKEW_SECONDS || dateSkew > MAX_SKEW_SECONDS) {
    throw new CosErrorResponse(
      "RequestTimeTooSkewed",
      "The difference between the request time and the server's time is too large.",
      { ServerTime: new Date(now).toISOString() },
    );
  }
  for (const window of [fields.signTime, fields.keyTime]) {
    // Official SDKs recognise this message; the code is shared with other refusals.
    if (seconds < window.start || seconds > window.end) throw denied("Request has expired");
  }
}

/** Checks the session token. It may be signed or not: only its value counts. */
export function checkToken(credentials: EmulatorCredentials, token: string | undefined, now: number): void {
  if (credentials.expiresAt !== undefined && now >= Number(credentials.expiresAt)) {
    throw new CosErrorResponse("ExpiredToken", "The provided token has expired.");
  }
  if (credentials.token === token) return;
  // Without its token a temporary SecretId is unknown to the service.
  if (token === undefined) {
    throw new CosErrorResponse(
      "InvalidAccessKeyId",
      "The access key Id you provided does not exist in our records.",
    );
  }
  throw denied("The security token you provided is invalid.");
}
