import { walkFiles } from "@cosup/core/files";
import { fileSystem } from "../../packages/deno/file_system.ts";

/** Every entry of a walk as `path` or `path: reason`. */
export async function walked(root: string, followSymlinks = false): Promise<string[]> {
  const entries = await Array.fromAsync(walkFiles(fileSystem, root, { followSymlinks }));
  return entries.map((entry) =>
    entry.kind === "file" ? entry.relativePath : `${entry.relativePath}: ${entry.reason}`,
  );
}
