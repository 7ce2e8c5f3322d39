import type { DigestCore } from "../digest/digest-core.ts";
import { ArgumentRangeError, ArgumentTypeError } from "../errors.ts";
import type { HttpMethod } from "../http/request-spec.ts";
import { type RetryContext, sendWithRetry } from "../http/retry.ts";
import { streamBody } from "../http/stream-body.ts";
import { ANY_REQUEST, pairsOf, type Query } from "../params/any-request.ts";
import type { CallOptions } from "../params/call-options.ts";
import { type Check, flag } from "../params/checks.ts";
import { mergeCallerHeaders, OBJECT_HEADERS } from "../params/object-headers.ts";
import { CALL } from "../params/shared-parameters.ts";
import type { Method } from "../params/table.ts";
import { suggestStream } from "../runtime/response-limit.ts";
import { toBase64 } from "../text/base64.ts";
import { utf8 } from "../text/utf8.ts";
import { cosResultOf } from "./cos-result.ts";
import { refuseLateError } from "./late-error.ts";

const body: Check = (value, parameter) => {
  if (typeof value !== "string" && !(value instanceof Uint8Array))
    throw new ArgumentTypeError(parameter, "must be a string or a Uint8Array");
};

/** The parameter table of request. */
export const REQUEST = {
  name: "request",
  parameters: {
    ...ANY_REQUEST,
    Headers: OBJECT_HEADERS.headers,
    Body: { check: body },
    ContentMD5: { check: flag },
    idempotent: { check: flag },
    stream: { check: flag },
    ...CALL,
  },
} as const satisfies Method;

/** The parameters of {@link CosClient.request}. */
export interface RequestParameters extends CallOptions {
  /** The HTTP method. */
  readonly Method: HttpMethod;
  /** The bucket, as BucketName-APPID. */
  readonly Bucket: string;
  /** The object's key; not given: the request is for the bucket itself. */
  readonly Key?: string | undefined;
  /** Query parameters, all of them signed: `{ acl: "" }`, `{ prefix: "a/", "max-keys": 100 }`. */
  readonly Query?: Query | undefined;
  /**
   * Request headers by their own names. Those that something else sets are refused: `Authorization`, `Host`,
   * `Content-Length`, `Content-MD5`, `Expect`, `x-cos-security-token`, and headers of one connection.
   */
  readonly Headers?: Readonly<Record<string, string>> | undefined;
  /** What to send, for PUT and POST; default nothing. It is held in memory, and must not change during the call. */
  readonly Body?: string | Uint8Array | undefined;
  /** Send the MD5 of the body, which COS requires for some documents and then checks; default false. */
  readonly ContentMD5?: boolean | undefined;
  /**
   * Whether COS may carry the request out twice without harm, so that it is repeated after a lost response. Default: all
   * but POST, as HTTP defines its methods. An append or Complete is a POST; for one that only reads, give true.
   */
  readonly idempotent?: boolean | undefined;
  /** Return the body of the response as a stream; default false: as text, of at most 4 MiB. */
  readonly stream?: boolean | undefined;
}

/** The result of {@link CosClient.request}. */
export interface RequestResult<Content = string> {
  /** The HTTP status, 200 to 299. */
  readonly statusCode: number;
  /** All response headers by their lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** `x-cos-request-id`, which Tencent's support asks for. */
  readonly RequestId: string | undefined;
  /** The body: text; with `stream`, a stream, which holds a connection until it is read to its end or cancelled. */
  readonly body: Content;
}

/** Sends any request. */
export async function sendRequest(
  context: RetryContext & { readonly digestCoreFor: (partBytes: number) => Promise<DigestCore> },
  parameters: RequestParameters,
): Promise<RequestResult<string | ReadableStream<Uint8Array> | null>> {
  const { Method: method, Bucket, Key = "", Query, Headers, ContentMD5, stream = false, signal } = parameters;
  const content = contentOf(parameters);
  const headers = mergeCallerHeaders({}, Headers);
  if (ContentMD5 === true) {
    const md5 = (await context.digestCoreFor(0)).md5Stream();
    md5.update(content ?? new Uint8Array(0));
    headers["content-md5"] = toBase64(md5.digest());
  }
  const sent = sendWithRetry(context, {
    operation: "request",
    method,
    Bucket,
    Key,
    query: pairsOf(Query),
    headers,
    body: content,
    idempotent: parameters.idempotent ?? method !== "POST",
    streamed: stream ? streamBody : undefined,
    // What a GET returns may be an object, and so any document.
    ...(content === undefined || stream ? {} : { validateResponse: refuseLateError("request") }),
    signal,
  });
  const response = await (stream ? sent : sent.catch(suggestStream));
  const { requestId, headers: received } = cosResultOf(response);
  return {
    statusCode: response.status,
    headers: received,
    RequestId: requestId,
    body: stream ? response.body : response.text,
  };
}

/** PUT and POST always have a body, of which COS wants the length. */
function contentOf({ Method, Body }: RequestParameters): Uint8Array | undefined {
  if (Method === "PUT" || Method === "POST")
    return typeof Body === "string" ? utf8(Body) : (Body ?? new Uint8Array(0));
  if (Body === undefined) return undefined;
  throw new ArgumentRangeError("Body", `must not be given: a ${Method} request has none`);
}
