import { callClient } from "../call-client.ts";
import type { ClientBase } from "../client-base.ts";
import type { RetryContext } from "../http/retry.ts";
import type { Method } from "../params/table.ts";
import {
  LIST_OBJECTS,
  type ListObjectsParameters,
  type ListObjectsResult,
  listObjects,
  type ObjectInfo,
} from "../requests/list-objects.ts";
import { percentDecode } from "../text/percent.ts";
import { MarkerCheck } from "./marker-check.ts";

const { Delimiter, EncodingType, ...parameters } = LIST_OBJECTS.parameters;

/** The parameter table of eachObject. */
export const EACH_OBJECT = { name: "eachObject", parameters } as const satisfies Method;

/** The parameters of {@link eachObject}. */
export type EachObjectParameters = Omit<ListObjectsParameters, "Delimiter" | "EncodingType">;

/**
 * Lists all objects below a prefix and after a marker, page by page, in the order of their keys; `MaxKeys` is the size of a
 * page. Keys are requested percent-encoded, because XML cannot carry every key, and yielded decoded. An object that is
 * written or deleted meanwhile may be listed or not; every other one is, once.
 * @throws {ServiceError} `not-found`: there is no such bucket; `unexpected-response`: the pages go in circles
 *
 * @example
 * ```ts
 * import { createCos } from "@cosup/node";
 * import { eachObject } from "@cosup/node/objects";
 *
 * const cos = createCos({ Region: "ap-guangzhou", SecretId: "…", SecretKey: "…" });
 * let bytes = 0;
 * for await (const { Size } of eachObject(cos, { Bucket: "examplebucket-1250000000", Prefix: "photos/" })) {
 *   bytes += Size;
 * }
 * ```
 */
export async function* eachObject(
  cos: ClientBase,
  parameters: EachObjectParameters,
): AsyncGenerator<ObjectInfo, void, undefined> {
  yield* callClient(cos, EACH_OBJECT, eachObjectOf, parameters);
}

async function* eachObjectOf(
  context: RetryContext,
  parameters: EachObjectParameters,
): AsyncGenerator<ObjectInfo, void, undefined> {
  let marker = parameters.Marker ?? "";
  const check = new MarkerCheck("listObjects", marker);
  for (;;) {
    const page = await listObjects(context, { ...parameters, EncodingType: "url", Marker: marker });
    const decode = page.EncodingType === "url" ? percentDecode : (text: string): string => text;
    for (const object of page.Contents) yield { ...object, Key: decode(object.Key) };
    if (!page.IsTruncated) return;
    marker = decode(nextMarkerOf(page));
    check.next(marker);
  }
}

/** S3-compatible servers name no next marker without a delimiter: the last key is one. */
function nextMarkerOf({ NextMarker, Contents }: ListObjectsResult): string {
  return NextMarker ?? Contents.at(-1)?.Key ?? "";
}
