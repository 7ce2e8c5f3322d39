import type { DigestCore } from "../digest/digest-core.ts";
import { ArgumentRangeError, ArgumentTypeError } from "../errors.ts";
import { type RetryContext, sendWithRetry } from "../http/retry.ts";
import { text } from "../params/checks.ts";
import { MAX_TAG_KEY_CHARACTERS, MAX_TAG_VALUE_CHARACTERS, MAX_TAGS } from "../params/limits.ts";
import { OBJECT, READ_CONDITIONS } from "../params/shared-parameters.ts";
import { type Method, queryOf } from "../params/table.ts";
import { toBase64 } from "../text/base64.ts";
import { utf8 } from "../text/utf8.ts";
import { elementsOf, textOf } from "../xml/document.ts";
import { escapeText } from "../xml/escape-text.ts";
import { type CosResult, cosResultOf } from "./cos-result.ts";
import type { ObjectParameters } from "./object-parameters.ts";
import { getDocument } from "./send-for-document.ts";

/** One tag of an object. */
export interface ObjectTag {
  /** 1 to 127 characters. */
  readonly Key: string;
  /** Up to 255 characters. */
  readonly Value: string;
}

/** The parameters of {@link CosClient.getObjectTagging}. */
export interface GetObjectTaggingParameters extends ObjectParameters {
  /** A version of the object; default: the latest. */
  readonly VersionId?: string | undefined;
}

/** The result of {@link CosClient.getObjectTagging}. */
export interface GetObjectTaggingResult extends CosResult {
  /** All tags, in the order of the response. */
  readonly TagSet: readonly ObjectTag[];
}

/** The parameters of {@link CosClient.putObjectTagging}. */
export interface PutObjectTaggingParameters extends GetObjectTaggingParameters {
  /** All tags that the object has afterwards, up to 10. */
  readonly TagSet: readonly ObjectTag[];
}

export const GET_OBJECT_TAGGING = {
  name: "getObjectTagging",
  parameters: { ...OBJECT, VersionId: READ_CONDITIONS.VersionId },
} as const satisfies Method;

export const PUT_OBJECT_TAGGING = {
  name: "putObjectTagging",
  parameters: { ...GET_OBJECT_TAGGING.parameters, TagSet: { check: checkTagSet, required: true } },
} as const satisfies Method;

/** GET Object tagging. */
export async function getObjectTagging(
  context: RetryContext,
  parameters: GetObjectTaggingParameters,
): Promise<GetObjectTaggingResult> {
  const { response, document } = await getDocument(context, "Tagging", {
    operation: "getObjectTagging",
    Bucket: parameters.Bucket,
    Key: parameters.Key,
    query: [["tagging", ""], ...queryOf(GET_OBJECT_TAGGING.parameters, parameters)],
    signal: parameters.signal,
  });
  const tags = elementsOf(elementsOf(document, "TagSet")[0] ?? {}, "Tag");
  return {
    ...cosResultOf(response),
    TagSet: tags.map((tag) => ({ Key: textOf(tag, "Key") ?? "", Value: textOf(tag, "Value") ?? "" })),
  };
}

/** PUT Object tagging: replaces all tags. COS requires its Content-MD5. */
export async function putObjectTagging(
  context: RetryContext & { readonly digestCoreFor: (partBytes: number) => Promise<DigestCore> },
  parameters: PutObjectTaggingParameters,
): Promise<CosResult> {
  const body = utf8(taggingDocument(parameters.TagSet));
  const md5 = (await context.digestCoreFor(0)).md5Stream();
  md5.update(body);
  const response = await sendWithRetry(context, {
    operation: "putObjectTagging",
    method: "PUT",
    Bucket: parameters.Bucket,
    Key: parameters.Key,
    query: [["tagging", ""], ...queryOf(PUT_OBJECT_TAGGING.parameters, parameters)],
    headers: { "content-type": "application/xml", "content-md5": toBase64(md5.digest()) },
    body,
    idempotent: true,
    signal: parameters.signal,
  });
  return cosResultOf(response);
}

function taggingDocument(tags: readonly ObjectTag[]): string {
  const items = tags.map(
    ({ Key, Value }) => `<Tag><Key>${escapeText(Key)}</Key><Value>${escapeText(Value)}</Value></Tag>`,
  );
  return `<Tagging><TagSet>${items.join("")}</TagSet></Tagging>`;
}

function checkTagSet(value: unknown, parameter: string): void {
  if (!Array.isArray(value)) throw new ArgumentTypeError(parameter, "must be an array of { Key, Value }");
  if (value.length > MAX_TAGS) throw new ArgumentRangeError(parameter, `must have at most ${MAX_TAGS} tags`);
  for (const tag of value as readonly (Partial<Record<keyof ObjectTag, unknown>> | null | undefined)[]) {
    checkTagText(tag?.Key, `${parameter}.Key`, 1, MAX_TAG_KEY_CHARACTERS);
    checkTagText(tag?.Value, `${parameter}.Value`, 0, MAX_TAG_VALUE_CHARACTERS);
  }
}

function checkTagText(value: unknown, parameter: string, least: number, most: number): void {
  text(value, parameter);
  const characters = [...String(value)].length;
  // Control characters have no place in an XML document.
  if (characters < least || characters > most || /\p{Cc}/u.test(String(value))) {
    throw new ArgumentRangeError(
      parameter,
      `must have ${least} to ${most} characters, none of them a control character`,
    );
  }
}
