import { CosErrorResponse } from "../errors.ts";
import type { EmulatorCredentials } from "../types.ts";
import { denied, type SignatureFields } from "./fields.ts";

/** Clients correct their clock when they see one of these two responses. */
const MAX_SKEW_SECONDS = 15 * 60;

/** Judges the clock of the signer, then the window of the signature. */
export function checkTime(fields: SignatureFields, headers: ReadonlyMap<string, string>, now: number): void {
  const seconds = Math.floor(now / 1000);
  // An unsigned Date may have been written by any proxy, so only a signed one says anything about the signer.
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
    // The SDKs recognise this message, not the code, which other refusals share.
    if (seconds < window.start || seconds > window.end) throw denied("Request has expired");
  }
}

/** Judges the session token; it may be signed or not, so only its value counts. */
export function checkToken(credentials: EmulatorCredentials, token: string | undefined, now: number): void {
  if (credentials.expiresAt !== undefined && now >= credentials.expiresAt) {
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
