import { sep } from "node:path";
import { ArgumentTypeError, SourceError } from "@cosup/node";
import { messageOf } from "../report.ts";
import { decodeText } from "./decode-text.ts";
import { readInput } from "./read-input.ts";

/** The paths that `--files-from` names, below the folder. */
export class FileList {
  readonly #name: string;
  readonly #paths: ReadonlySet<string>;
  readonly #missing: Set<string>;

  /** @param name of the list, for messages */
  constructor(name: string, paths: readonly string[]) {
    this.#name = name;
    this.#paths = new Set(paths);
    this.#missing = new Set(paths);
  }

  get isEmpty(): boolean {
    return this.#paths.size === 0;
  }

  /** Whether the list names a path; of a folder whose names could not be read, whether it names something below. */
  has(path: string, isUnreadFolder: boolean): boolean {
    if (!isUnreadFolder) return this.#paths.has(path);
    const below = path === "" ? "" : `${path}/`;
    return [...this.#paths].some((each) => each.startsWith(below));
  }

  /** Notes that the source has a path. */
  found(path: string): void {
    this.#missing.delete(path);
  }

  /** What the list names and the source does not have, with the error of each. Complete at the end of the source. */
  *missing(): Generator<{ readonly path: string; readonly error: SourceError }, void, undefined> {
    for (const path of this.#missing) {
      const message = `${path} of the list ${this.#name} is no file of the source`;
      yield { path, error: new SourceError(message, "source-unreadable") };
    }
  }
}

/**
 * Reads the list of `--files-from`.
 * @param file `-` for stdin
 * @param isNull whether NUL characters separate the paths, in place of line ends
 * @param signal ends the wait for a list that comes through a pipe
 * @throws {TypeError} it is missing or unreadable, or a path leads out of the folder
 */
export async function readFileList(file: string, isNull: boolean, signal?: AbortSignal): Promise<FileList> {
  const name = file === "-" ? "(stdin)" : file;
  const bytes = await readInput(file === "-" ? process.stdin : file, signal).catch(
    (error: NodeJS.ErrnoException) => {
      signal?.throwIfAborted();
      const why = error.code === "ENOENT" ? "does not exist" : `cannot be read: ${messageOf(error)}`;
      throw new ArgumentTypeError("filesFrom", `${name} ${why}`);
    },
  );
  const text = decodeText(bytes, "filesFrom", name);
  const lines = isNull ? text.split("\0") : text.split(/\r?\n/);
  return new FileList(
    name,
    lines.flatMap((line, index) => (line === "" ? [] : [pathOf(line, `line ${index + 1} of ${name}`)])),
  );
}

function pathOf(line: string, where: string): string {
  const path = sep === "\\" ? line.replaceAll("\\", "/") : line;
  if (path.includes("\0"))
    throw new ArgumentTypeError("filesFrom", `${where} has a NUL character: add -0 for such a list`);
  const names = path.split("/").filter((name, index) => name !== "." && (name !== "" || index === 0));
  if (names.length === 0 || names[0] === "" || names.includes(".."))
    throw new ArgumentTypeError("filesFrom", `${where} must be a path below the folder, not '${line}'`);
  return names.join("/");
}
