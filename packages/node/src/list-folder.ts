import {
  checkListFolder,
  type FolderEntry,
  type ListFolderOptions,
  listFolder as listEntries,
} from "@cosup/core/directory";
import { walkFiles } from "@cosup/core/files";
import { fileSystem } from "./file-system.ts";
import { matcher } from "./matcher.ts";

/**
 * Lists what `uploadDirectory` would upload, with the size and the key of every file, and what it would skip and why. Needs
 * no client and sends nothing. The files of a folder come by name, then its folders by name; they are read while the list
 * is consumed, so memory does not grow with their number. With `order: "key"` they come as COS lists their keys.
 * @param LocalDirectoryPath the folder; keys are made of the paths below it
 * @throws {TypeError} {@link RangeError} a wrong option, when the first entry is read
 * @throws {SourceError} the folder itself cannot be read, when the first entry is read
 *
 * @example
 * ```ts
 * import { listFolder } from "@cosup/node";
 *
 * for await (const { Key, size, status, reason } of listFolder("./site", { Prefix: "site/", exclude: ["*.map"] })) {
 *   console.log(status, Key, status === "planned" ? size : reason);
 * }
 * ```
 */
export async function* listFolder(
  LocalDirectoryPath: string,
  options: ListFolderOptions = {},
): AsyncGenerator<FolderEntry, void, undefined> {
  checkListFolder(LocalDirectoryPath, options);
  const entries = walkFiles(fileSystem, LocalDirectoryPath, options);
  yield* listEntries(options, entries, await matcher(options));
}

/**
 * Makes the test of `include` and `exclude` that `uploadDirectory` and `listFolder` use, for paths that do not come from
 * a folder: the keys of a bucket, for one.
 * @returns whether a path with "/" between its names is wanted
 * @throws {TypeError} a pattern is empty or no string
 */
export async function pathFilter(
  options: Pick<ListFolderOptions, "include" | "exclude">,
): Promise<(relativePath: string) => boolean> {
  const isWanted = await matcher(options);
  return (relativePath) => isWanted(relativePath);
}
