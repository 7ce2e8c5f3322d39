import { callClient } from "../call-client.ts";
import type { ClientBase } from "../client-base.ts";
import type { RetryContext } from "../http/retry.ts";
import type { Method } from "../params/table.ts";
import type { ObjectInfo } from "../requests/list-objects.ts";
import { EACH_OBJECT, type EachObjectParameters } from "./each-object.ts";
import { objectPages } from "./object-pages.ts";

/** The parameter table of eachFolderEntry. */
export const EACH_FOLDER_ENTRY = {
  name: "eachFolderEntry",
  parameters: EACH_OBJECT.parameters,
} as const satisfies Method;

/** What is directly in a folder: an object, or a folder as the prefix that its keys begin with. */
export type FolderEntry = ObjectInfo | { readonly Prefix: string };

/**
 * Lists what is directly below a prefix as if `/` separated folders, page by page: an object, or `{ Prefix }` for a folder.
 * A prefix that ends with `/` is a folder; another one is the beginning of names. Folders of a page come before its objects.
 * @throws {ServiceError} `not-found`: there is no such bucket; `unexpected-response`: the pages go in circles
 *
 * @example
 * ```ts
 * import { createCos } from "@cosup/node";
 * import { eachFolderEntry } from "@cosup/node/objects";
 *
 * const cos = createCos({ Region: "ap-guangzhou", SecretId: "…", SecretKey: "…" });
 * const folder = { Bucket: "examplebucket-1250000000", Prefix: "photos/" };
 * for await (const entry of eachFolderEntry(cos, folder)) console.log("Key" in entry ? entry.Key : entry.Prefix);
 * ```
 */
export async function* eachFolderEntry(
  cos: ClientBase,
  parameters: EachObjectParameters,
): AsyncGenerator<FolderEntry, void, undefined> {
  yield* callClient(cos, EACH_FOLDER_ENTRY, eachEntryOf, parameters);
}

async function* eachEntryOf(
  context: RetryContext,
  parameters: EachObjectParameters,
): AsyncGenerator<FolderEntry, void, undefined> {
  for await (const page of objectPages(context, { ...parameters, Delimiter: "/" })) {
    yield* page.CommonPrefixes;
    yield* page.Contents;
  }
}
