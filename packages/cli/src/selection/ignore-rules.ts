import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { ArgumentTypeError, SourceError } from "@cosup/node";
import { messageOf } from "../report.ts";
import { decodeText } from "./decode-text.ts";
import { readInput } from "./read-input.ts";

/** The file of a folder that says what in it is left out. */
export const COSIGNORE = ".cosignore";

/** @throws {TypeError} a file of `--exclude-from` is missing, cannot be read, or is no text */
export function readExcludeFiles(paths: readonly string[], signal?: AbortSignal): Promise<string[]> {
  return Promise.all(
    paths.map(async (path) => {
      const bytes = await readInput(path, signal).catch((error: NodeJS.ErrnoException) => {
        signal?.throwIfAborted();
        const why = error.code === "ENOENT" ? "does not exist" : `cannot be read: ${messageOf(error)}`;
        throw new ArgumentTypeError("excludeFrom", `${path} ${why}`);
      });
      return decodeText(bytes, "excludeFrom", path);
    }),
  );
}

/**
 * Reads the `.cosignore` of a folder; undefined: it has none. Those of folders below mean nothing.
 * @throws {SourceError} it cannot be read. Without it, what is to stay private would be uploaded
 */
export async function readCosignore(folder: string): Promise<string | undefined> {
  const path = join(folder, COSIGNORE);
  try {
    if (!(await stat(path)).isFile()) throw new Error("it is no regular file");
    return decodeText(await readFile(path), "cosignore", path);
  } catch (error) {
    if (error instanceof ArgumentTypeError) throw error;
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw new SourceError(`${path} cannot be read: ${messageOf(error)}`, "source-unreadable", error);
  }
}
