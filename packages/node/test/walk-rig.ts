import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type WalkEntry, type WalkOptions, walkFiles as walkIn } from "@cosup/core/files";
import { fileSystem } from "../src/file-system.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** Creates files whose content is their path, and directories for names that end in a slash. */
export async function tree(...names: string[]): Promise<string> {
  const root = await temporaryDirectory();
  for (const name of names) {
    const path = join(root, name);
    await mkdir(name.endsWith("/") ? path : join(path, ".."), { recursive: true });
    if (!name.endsWith("/")) {
      await writeFile(path, name);
    }
  }
  return root;
}

/** The walk of `root` in Node's file system. */
export function walkFiles(root: string, options?: WalkOptions): AsyncGenerator<WalkEntry, void, void> {
  return walkIn(fileSystem, root, options);
}

export async function walked(root: string, options?: WalkOptions): Promise<WalkEntry[]> {
  const entries: WalkEntry[] = [];
  for await (const entry of walkFiles(root, options)) {
    entries.push(entry);
  }
  return entries;
}

export const paths = (entries: WalkEntry[]): string[] => entries.map((entry) => entry.relativePath);

/** `path: reason` of all skipped entries. */
export const skips = (entries: WalkEntry[]): string[] =>
  entries.flatMap((entry) => (entry.kind === "skipped" ? [`${entry.relativePath}: ${entry.reason}`] : []));

export const files = (entries: WalkEntry[]): string[] =>
  paths(entries.filter((entry) => entry.kind === "file"));
