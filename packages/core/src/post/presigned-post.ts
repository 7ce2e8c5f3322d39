import { callClient } from "../call-client.ts";
import type { ClientBase } from "../client-base.ts";
import { ArgumentTypeError } from "../errors.ts";
import type { RetryContext } from "../http/retry.ts";
import { headerValue, wholeNumber } from "../params/checks.ts";
import { BUCKET, SIGNAL } from "../params/shared-parameters.ts";
import type { Method } from "../params/table.ts";
import { checkFields, checkPostKey, checkPostPrefix, checkStatus, FILE_NAME } from "./form-fields.ts";
import { checkConditions, checkLengthRange, type PostCondition, signedPolicy } from "./policy.ts";

/** The parameter table of getPresignedPost. */
export const GET_PRESIGNED_POST = {
  name: "getPresignedPost",
  parameters: {
    Bucket: BUCKET,
    Key: { check: checkPostKey },
    KeyPrefix: { check: checkPostPrefix },
    Expires: { check: wholeNumber(1, 31_536_000, "seconds") },
    ContentLengthRange: { check: checkLengthRange },
    ContentType: { check: headerValue },
    SuccessActionStatus: { check: checkStatus },
    Fields: { check: checkFields },
    Conditions: { check: checkConditions },
    signal: SIGNAL,
  },
} as const satisfies Method;

/** The parameters of {@link getPresignedPost}. */
export interface GetPresignedPostParameters {
  /** The bucket, as BucketName-APPID. */
  readonly Bucket: string;
  /** The one key that the form may write. Give this or `KeyPrefix`. */
  readonly Key?: string | undefined;
  /** The form may write every key that begins with this; its field `key` appends the name of the file. Not empty. */
  readonly KeyPrefix?: string | undefined;
  /** Seconds the form is accepted, 1 to 31 536 000; default 300. The token of a temporary key may expire sooner. */
  readonly Expires?: number | undefined;
  /** Least and most bytes of the file, both included; default: 0 bytes to 5 GB. */
  readonly ContentLengthRange?: readonly [least: number, most: number] | undefined;
  /** The object's Content-Type: a field of the form, which the sender cannot change. */
  readonly ContentType?: string | undefined;
  /** The status of the response: 200, 201 (with an XML document that names the object) or 204 (COS's default). */
  readonly SuccessActionStatus?: 200 | 201 | 204 | undefined;
  /** Other fields of the form, such as `acl`, `x-cos-storage-class` or `x-cos-meta-…`: the sender cannot change them. */
  readonly Fields?: Readonly<Record<string, string>> | undefined;
  /** More that the form must fulfil: `["starts-with", "$Content-Type", "image/"]` lets the sender choose among images. */
  readonly Conditions?: readonly PostCondition[] | undefined;
  /** Stops the call while it waits for credentials. */
  readonly signal?: AbortSignal | undefined;
}

/** The result of {@link getPresignedPost}. */
export interface PresignedPost {
  /** Where the form is sent, by POST. */
  readonly url: string;
  /** The fields of the form. They stand before the field `file`, which COS takes as the last one. */
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * Makes the fields of an HTML form (POST Object) that uploads one file, without credentials in the page: anybody who has
 * them can send the form until it expires, to these keys and within these limits. Treat them as a secret. Nothing is sent.
 * COS document 436/14690.
 * @throws {TypeError} {@link RangeError} a wrong parameter; neither or both of `Key` and `KeyPrefix`
 *
 * @example
 * ```ts
 * import { createCos } from "@cosup/node";
 * import { getPresignedPost } from "@cosup/node/post";
 *
 * const cos = createCos({ Region: "ap-guangzhou", SecretId: "…", SecretKey: "…" });
 * const { url, fields } = await getPresignedPost(cos, {
 *   Bucket: "examplebucket-1250000000",
 *   Key: "avatars/42.png",
 *   ContentType: "image/png",
 *   ContentLengthRange: [1, 1_000_000],
 * });
 *
 * // In the page:
 * const form = new FormData();
 * for (const [name, value] of Object.entries(fields)) form.append(name, value);
 * form.append("file", new Blob(["…"]));
 * const { ok } = await fetch(url, { method: "POST", body: form });
 * ```
 */
export async function getPresignedPost(
  cos: ClientBase,
  parameters: GetPresignedPostParameters,
): Promise<PresignedPost> {
  return callClient(cos, GET_PRESIGNED_POST, presign, parameters);
}

async function presign(
  context: RetryContext,
  parameters: GetPresignedPostParameters,
): Promise<PresignedPost> {
  const { Bucket, Key, KeyPrefix, ContentLengthRange, Conditions = [], signal } = parameters;
  if ((Key === undefined) === (KeyPrefix === undefined)) {
    throw new ArgumentTypeError("Key", "give Key or KeyPrefix, exactly one of them");
  }
  const given = context.credentials.get(signal);
  const credentials = given instanceof Promise ? await given : given;
  const fixed = fixedFields(parameters);
  const conditions: PostCondition[] = [
    { bucket: Bucket },
    KeyPrefix === undefined ? { key: Key ?? "" } : ["starts-with", "$key", KeyPrefix],
    ...Object.entries(fixed).map(([name, value]) => ({ [name]: value })),
    ...(ContentLengthRange === undefined ? [] : [["content-length-range", ...ContentLengthRange] as const]),
    ...Conditions,
  ];
  const now = Math.floor(context.serverClock.now() / 1000);
  const time = { start: now - 60, end: now + Number(parameters.Expires ?? 300) };
  return {
    url: context.endpoint.address(Bucket, "", [], false).url,
    fields: {
      key: Key ?? `${KeyPrefix}${FILE_NAME}`,
      ...fixed,
      ...(await signedPolicy(credentials, time, conditions)),
      ...(credentials.Token ? { "x-cos-security-token": credentials.Token } : {}),
    },
  };
}

/** The fields whose values the policy fixes. */
function fixedFields({
  ContentType,
  SuccessActionStatus,
  Fields,
}: GetPresignedPostParameters): Record<string, string> {
  const fixed: Record<string, string> = { ...Fields };
  if (ContentType !== undefined) fixed["Content-Type"] = ContentType;
  if (SuccessActionStatus !== undefined) fixed.success_action_status = String(SuccessActionStatus);
  return fixed;
}
