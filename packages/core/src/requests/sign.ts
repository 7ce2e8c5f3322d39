import type { HttpMethod } from "../http/request-spec.ts";
import type { RetryContext } from "../http/retry.ts";
import { signedRequest } from "../http/signed-request.ts";
import { ANY_REQUEST, pairsOf, type Query } from "../params/any-request.ts";
import { wholeNumber } from "../params/checks.ts";
import { mergeCallerHeaders, signableHeaders } from "../params/object-headers.ts";
import { SIGNAL } from "../params/shared-parameters.ts";
import type { Method } from "../params/table.ts";

/** The parameter table of sign. */
export const SIGN = {
  name: "sign",
  parameters: {
    ...ANY_REQUEST,
    Headers: { check: signableHeaders },
    Expires: { check: wholeNumber(1, 31_536_000, "seconds") },
    signal: SIGNAL,
  },
} as const satisfies Method;

/** The parameters of {@link CosClient.sign}. */
export interface SignParameters {
  /** The HTTP method. */
  readonly Method: HttpMethod;
  /** The bucket, as BucketName-APPID. */
  readonly Bucket: string;
  /** The object's key; not given: the request is for the bucket itself. */
  readonly Key?: string | undefined;
  /** Query parameters, all of them signed; they are in the URL that the call returns. */
  readonly Query?: Query | undefined;
  /** Headers that the request will have. The call returns them, too, and signs those that COS's SDKs sign. */
  readonly Headers?: Readonly<Record<string, string>> | undefined;
  /** Seconds that the signature is valid, 1 to 31 536 000; default 900. */
  readonly Expires?: number | undefined;
  /** Stops the call, which then rejects with the signal's reason; only a provider of credentials takes time. */
  readonly signal?: AbortSignal | undefined;
}

/** A request that any HTTP client can send. Treat it as a secret while it is valid. */
export interface SignedCosRequest {
  /** Absolute and escaped; send it unchanged. */
  readonly url: string;
  /** `authorization`, `x-cos-security-token` of temporary credentials, and the headers that were given. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Signs a request in its headers. COS document 436/7778. */
export async function sign(context: RetryContext, parameters: SignParameters): Promise<SignedCosRequest> {
  const given = context.credentials.get(parameters.signal);
  const credentials = given instanceof Promise ? await given : given;
  const { Method: method, Bucket, Key = "", Query, Headers, Expires = 900 } = parameters;
  const start = Math.floor(context.serverClock.now() / 1000) - 60;
  const { url, headers } = await signedRequest(
    context,
    { method, Bucket, Key, query: pairsOf(Query), headers: mergeCallerHeaders({}, Headers) },
    credentials,
    `${start};${start + 60 + Number(Expires)}`,
    false,
  );
  const { "user-agent": _ours, ...forCaller } = headers;
  return { url, headers: forCaller };
}
