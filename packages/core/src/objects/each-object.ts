import { callClient } from "../call-client.ts";
import type { ClientBase } from "../client-base.ts";
import type { RetryContext } from "../http/retry.ts";
import type { Method } from "../params/table.ts";
import { LIST_OBJECTS, type ListObjectsParameters, type ObjectInfo } from "../requests/list-objects.ts";
import { objectPages } from "./object-pages.ts";

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
  for await (const { Contents } of objectPages(context, parameters)) yield* Contents;
}
