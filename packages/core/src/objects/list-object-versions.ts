import { callClient } from "../call-client.ts";
import type { ClientBase } from "../client-base.ts";
import type { RetryContext } from "../http/retry.ts";
import type { Method } from "../params/table.ts";
import {
  type DeleteMarkerInfo,
  LIST_OBJECT_VERSIONS,
  type ListObjectVersionsParameters,
  type ListObjectVersionsResult,
  type ObjectVersionInfo,
  listObjectVersions as request,
} from "../requests/list-object-versions.ts";
import { percentDecode } from "../text/percent.ts";
import { MarkerCheck } from "./marker-check.ts";

const { Delimiter, EncodingType, ...parameters } = LIST_OBJECT_VERSIONS.parameters;

/** The parameter table of eachObjectVersion. */
export const EACH_OBJECT_VERSION = { name: "eachObjectVersion", parameters } as const satisfies Method;

/** The parameters of {@link eachObjectVersion}. */
export type EachObjectVersionParameters = Omit<ListObjectVersionsParameters, "Delimiter" | "EncodingType">;

/** A version of an object, or a delete marker. */
export type EachObjectVersion =
  | (ObjectVersionInfo & { readonly isDeleteMarker: false })
  | (DeleteMarkerInfo & { readonly isDeleteMarker: true });

/**
 * Lists one page (up to 1000) of a bucket's versions and delete markers. {@link eachObjectVersion} lists all of them.
 * @throws {ServiceError} `not-found`: there is no such bucket; `access-denied`
 */
export async function listObjectVersions(
  cos: ClientBase,
  given: ListObjectVersionsParameters,
): Promise<ListObjectVersionsResult> {
  return callClient(cos, LIST_OBJECT_VERSIONS, request, given);
}

/**
 * Lists all versions and delete markers below a prefix and after the markers, page by page; of each page, the versions come
 * first. What it yields can be given to `deleteObjects`, which then deletes for good.
 * @throws {ServiceError} `not-found`: there is no such bucket; `unexpected-response`: the pages go in circles
 *
 * @example
 * ```ts
 * import { createCos } from "@cosup/node";
 * import { deleteObjects, eachObjectVersion } from "@cosup/node/objects";
 *
 * const cos = createCos({ Region: "ap-guangzhou", SecretId: "…", SecretKey: "…" });
 * const Bucket = "examplebucket-1250000000";
 * const Objects: { Key: string; VersionId: string }[] = [];
 * for await (const { Key, VersionId } of eachObjectVersion(cos, { Bucket, Prefix: "old/" })) {
 *   Objects.push({ Key, VersionId });
 * }
 * await deleteObjects(cos, { Bucket, Objects });
 * ```
 */
export async function* eachObjectVersion(
  cos: ClientBase,
  given: EachObjectVersionParameters,
): AsyncGenerator<EachObjectVersion, void, undefined> {
  yield* callClient(cos, EACH_OBJECT_VERSION, eachVersion, given);
}

async function* eachVersion(
  context: RetryContext,
  given: EachObjectVersionParameters,
): AsyncGenerator<EachObjectVersion, void, undefined> {
  let { KeyMarker = "", VersionIdMarker = "" } = given;
  const check = new MarkerCheck("listObjectVersions", `${KeyMarker}\0${VersionIdMarker}`);
  for (;;) {
    const page = await request(context, { ...given, EncodingType: "url", KeyMarker, VersionIdMarker });
    const decode = page.EncodingType === "url" ? percentDecode : (text: string): string => text;
    for (const item of page.Version) yield { ...item, Key: decode(item.Key), isDeleteMarker: false };
    for (const item of page.DeleteMarker) yield { ...item, Key: decode(item.Key), isDeleteMarker: true };
    if (!page.IsTruncated) return;
    KeyMarker = decode(page.NextKeyMarker ?? "");
    VersionIdMarker = page.NextVersionIdMarker ?? "";
    check.next(KeyMarker === "" ? "" : `${KeyMarker}\0${VersionIdMarker}`);
  }
}
