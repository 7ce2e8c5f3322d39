import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { ArgumentTypeError, SourceError } from "@cosup/node";
import ignore from "ignore";
import { messageOf } from "../report.ts";
import { decodeText } from "./decode-text.ts";

/** The file of a folder that says what in it is left out. */
export const COSIGNORE = ".cosignore";

/** The library keeps the result of every path; after so many it is created again, so that memory stays bounded. */
const MOST_REMEMBERED = 20_000;

/** Whether rules leave out a path. */
export type IsIgnored = (path: string, isFolder: boolean) => boolean;

/**
 * Compiles rules in the form of a .gitignore: the last one that matches decides, `!` takes a path back, and nothing can be
 * taken back out of a folder that is left out. Upper and lower case differ.
 */
export function compileRules(texts: readonly string[]): IsIgnored {
  // A list would be taken for single rules; a text is split into lines.
  const lines = texts.join("\n");
  const compile = () => ignore({ ignorecase: false, allowRelativePaths: true }).add(lines);
  let rules = compile();
  let remembered = 0;
  return (path, isFolder) => {
    if (path === "") return false;
    remembered += 1;
    if (remembered > MOST_REMEMBERED) {
      rules = compile();
      remembered = 0;
    }
    return rules.ignores(isFolder ? `${path}/` : path);
  };
}

/** @throws {TypeError} a file of `--exclude-from` is missing, cannot be read, or is no text */
export function readExcludeFiles(paths: readonly string[]): Promise<string[]> {
  return Promise.all(
    paths.map(async (path) => {
      const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
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
