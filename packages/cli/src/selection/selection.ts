import { ArgumentTypeError } from "@cosup/node";
import type { IsIgnored } from "./compile-rules.ts";
import { FileList, readFileList } from "./file-list.ts";
import { type GlobFlags, GlobPatterns } from "./glob-patterns.ts";
import { COSIGNORE, readCosignore, readExcludeFiles } from "./ignore-rules.ts";

/** The flags that select files of a folder, or objects below a prefix. */
export interface SelectionFlags extends GlobFlags {
  readonly excludeFrom?: readonly string[];
  readonly filesFrom?: string;
  /** The list of `--files-from` is separated by NUL characters. */
  readonly null?: boolean;
  /** False with `--no-cosignore`. */
  readonly cosignore?: boolean;
}

/** Receives a warning. */
type Warn = (warning: { readonly code: string; readonly message: string }) => void;

/** Which paths of a folder, or keys below a prefix, a command is about. */
export class Selection {
  readonly #patterns: GlobPatterns;
  readonly #isIgnored: IsIgnored;
  readonly #list: FileList | undefined;

  constructor(patterns: GlobPatterns, isIgnored: IsIgnored, list: FileList | undefined) {
    this.#patterns = patterns;
    this.#isIgnored = isIgnored;
    this.#list = list;
  }

  /**
   * Whether a path takes part.
   * @param isUnreadFolder it is a folder whose names could not be read: whether files in it may take part
   */
  wants(path: string, isUnreadFolder = false): boolean {
    const isMatched = this.#patterns.wants(path, isUnreadFolder);
    if (!isMatched || this.#isIgnored(path, isUnreadFolder)) return false;
    return this.#list?.has(path, isUnreadFolder) ?? true;
  }

  /** Notes that the source has a file or an object of this path. */
  found(path: string): void {
    this.#list?.found(path);
  }

  /** What `--files-from` names and the source does not have. Complete when the source has been read to its end. */
  missing(): ReturnType<FileList["missing"]> {
    return (this.#list ?? new FileList("", [])).missing();
  }

  /** At the end of a command: warns of patterns that have matched nothing, because they may be misspelled. */
  warnUnmatched(warn: Warn): void {
    const patterns = this.#patterns.unmatched();
    if (patterns.length > 0)
      warn({ code: "nothing-matched", message: `nothing matched ${patterns.join(", ")}` });
    if (this.#list?.isEmpty === true)
      warn({ code: "nothing-listed", message: "the list of --files-from is empty" });
  }
}

/**
 * Reads the files that the flags name, and compiles all patterns.
 * @param folder whose `.cosignore` counts; undefined: none does
 * @param signal ends the wait for what comes through a pipe
 * @throws {TypeError} a wrong pattern, or a file that is missing
 * @throws {SourceError} the `.cosignore` cannot be read
 */
export async function openSelection(
  flags: SelectionFlags,
  folder: string | undefined,
  signal?: AbortSignal,
): Promise<Selection> {
  const patterns = await GlobPatterns.compile(flags);
  const readsCosignore = folder !== undefined && (flags.cosignore ?? true);
  const ofFolder = readsCosignore ? await readCosignore(folder) : undefined;
  const given = await readExcludeFiles(flags.excludeFrom ?? [], signal);
  const list =
    flags.filesFrom === undefined
      ? undefined
      : await readFileList(flags.filesFrom, flags.null === true, signal);
  return new Selection(patterns, await ignoredBy(readsCosignore, ofFolder, given), list);
}

/** A `.cosignore` is left out too, unless the rules take it back: `!.cosignore`. */
async function ignoredBy(
  readsCosignore: boolean,
  ofFolder: string | undefined,
  given: readonly string[],
): Promise<IsIgnored> {
  const rules = [...(ofFolder === undefined ? [] : [ofFolder]), ...given];
  if (rules.length > 0) {
    const { compileRules } = await import("./compile-rules.ts");
    return compileRules(readsCosignore ? [COSIGNORE, ...rules] : rules);
  }
  // Of a million files, this is seconds faster than a rule.
  return readsCosignore ? (path) => path === COSIGNORE || path.endsWith(`/${COSIGNORE}`) : () => false;
}

/**
 * Refuses flags of a selection that would be ignored.
 * @param isFolder whether the command is about a folder, or everything below a prefix
 * @throws {TypeError} one of them is given
 */
export function checkSelectionFlags(flags: SelectionFlags, isFolder: boolean): void {
  for (const name of ["include", "exclude", "excludeFrom", "filesFrom"] as const)
    if (!isFolder && flags[name] !== undefined)
      throw new ArgumentTypeError(name, "needs a folder, and -r where the command has it");
  if (flags.null === true && flags.filesFrom === undefined)
    throw new ArgumentTypeError("null", "belongs to --files-from");
}
