import { raceAbort } from "../abort/race-abort.ts";
import { signatureFields } from "../auth/signature-fields.ts";
import type { RetryContext } from "../http/retry.ts";
import { flag, headerTexts, oneOf, texts, wholeNumber } from "../params/checks.ts";
import { mergeCallerHeaders } from "../params/object-headers.ts";
import { BUCKET, KEY } from "../params/shared-parameters.ts";
import type { Method } from "../params/table.ts";
import { percentEncode } from "../text/percent.ts";

/** The parameter table of getPresignedUrl. */
export const GET_PRESIGNED_URL = {
  name: "getPresignedUrl",
  parameters: {
    Bucket: BUCKET,
    Key: KEY,
    Method: { check: oneOf("GET", "PUT", "POST", "HEAD", "DELETE"), required: true },
    Expired: { check: wholeNumber(1, 31_536_000, "seconds") },
    Params: { check: texts },
    Headers: { check: headerTexts },
    SignHost: { check: flag },
  },
} as const satisfies Method;

/** The parameters of {@link CosClient.getPresignedUrl}. */
export interface GetPresignedUrlParameters {
  /** The bucket, as BucketName-APPID. */
  readonly Bucket: string;
  /** The object's key. */
  readonly Key: string;
  /** The method of the request that the URL is for. */
  readonly Method: "GET" | "PUT" | "POST" | "HEAD" | "DELETE";
  /** Seconds the URL is valid, 1 to 31 536 000; default 300. The token of a temporary key may expire sooner. */
  readonly Expired?: number | undefined;
  /** Query parameters of the request, signed: `{ partNumber: "1", uploadId }` for one part. */
  readonly Params?: Readonly<Record<string, string>> | undefined;
  /**
   * Headers that the user of the URL must send with exactly these values: all of them are signed. Empty ones are left out:
   * to COS they are absent.
   */
  readonly Headers?: Readonly<Record<string, string>> | undefined;
  /** Sign the host (default): the URL works on this host only, or on the one that `Headers` names. */
  readonly SignHost?: boolean | undefined;
}

/**
 * A URL that anybody can use until it expires, without credentials. It carries the signature: treat it as a secret.
 * COS document 436/14114.
 */
export async function getPresignedUrl(
  context: RetryContext,
  parameters: GetPresignedUrlParameters & { readonly signal?: AbortSignal },
): Promise<string> {
  const given = context.credentials.get();
  const credentials = given instanceof Promise ? await raceAbort(given, parameters.signal) : given;
  const params = Object.entries(parameters.Params ?? {});
  // It is signed with the rest, so that nobody can remove or replace it.
  if (credentials.Token && !params.some(([name]) => name === "x-cos-security-token")) {
    params.push(["x-cos-security-token", credentials.Token]);
  }
  const address = context.endpoint.address(parameters.Bucket, parameters.Key, [], false);
  const host: Record<string, string> = parameters.SignHost === false ? {} : { host: address.host };
  const headers = Object.entries(mergeCallerHeaders(host, parameters.Headers)).filter(
    ([, value]) => value !== "",
  );
  const start = Math.floor(context.serverClock.now() / 1000) - 60;
  const authorization = await context.signer.authorization(credentials, {
    method: parameters.Method,
    pathname: address.pathname,
    query: params,
    headers,
    keyTime: `${start};${start + 60 + Number(parameters.Expired ?? 300)}`,
  });
  // The values of q-* are encoded too: the "+" of a token would otherwise arrive as a space.
  const query = [...signatureFields(authorization), ...params].map(
    ([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`,
  );
  return `${address.url}?${query.join("&")}`;
}
