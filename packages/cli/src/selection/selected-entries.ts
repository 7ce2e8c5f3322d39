import { type FolderEntry, type ListFolderOptions, listFolder } from "@cosup/node";
import type { Selection } from "./selection.ts";

/**
 * The entries of a folder that take part, with links and what cannot be read among them.
 * @param isSource whether the folder is the source, in which `--files-from` names something
 */
export async function* selectedEntries(
  folder: string,
  selection: Selection,
  options: Omit<ListFolderOptions, "include" | "exclude">,
  isSource = true,
): AsyncGenerator<FolderEntry, void, undefined> {
  for await (const entry of listFolder(folder, options)) {
    const { relativePath, unread } = entry;
    if (isSource) selection.found(relativePath);
    if (selection.wants(relativePath, unread)) yield entry;
  }
}
