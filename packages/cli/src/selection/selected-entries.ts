import { type FolderEntry, type ListFolderOptions, listFolder } from "@cosup/node";
import { unreadable } from "../unreadable.ts";
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
    if (selection.wants(relativePath, unread)) yield explained(entry);
  }
}

/** What the system says of a file that has vanished, or that may not be read, as an error of the source. */
function explained(entry: FolderEntry): FolderEntry {
  const { path, error } = entry;
  const isOfSystem = error instanceof Error && "syscall" in error;
  return isOfSystem ? { ...entry, error: unreadable(path, error) } : entry;
}
