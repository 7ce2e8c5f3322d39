import { resolve } from "node:path";
import { checkEntry, type EntryContext } from "./check-entry.ts";
import type { ManifestEntry } from "./entry.ts";
import { ManifestError, Refusal } from "./manifest-error.ts";
import { type ManifestInput, manifestLines, type RawLine } from "./manifest-lines.ts";
import { MAX_LINE_BYTES } from "./split-lines.ts";

/** Options of {@link readManifest}. */
export interface ManifestOptions {
  /** The folder of relative paths; without it they are refused. */
  readonly root?: string | undefined;
  /** Put before each key; default: nothing. */
  readonly prefix?: string | undefined;
  /** What a line that cannot be used does: `fail` (default) throws, `skip` goes on with the next. */
  readonly onBadLine?: "fail" | "skip" | undefined;
  /** Receives each line that is skipped. */
  readonly onSkipped?: ((error: ManifestError) => void) | undefined;
}

/** One entry, and where it stands. */
export interface ManifestLine {
  /** From 1 on, empty lines counted; of objects, their position. */
  readonly line: number;
  /** The entry, checked: its path is absolute, its key has the prefix. */
  readonly entry: ManifestEntry;
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads and checks a manifest, line by line: nothing but one line is held in memory. Empty lines are skipped. That two
 * entries have the same key is not noticed: the later one may be stored first.
 * @throws {TypeError} a wrong option, or an input that is no manifest
 * @throws {ManifestError} a line that cannot be used, unless `onBadLine` is `skip`
 *
 * @example
 * ```ts
 * import { createReadStream } from "node:fs";
 * import { readManifest } from "@cosup/fleet/manifest";
 *
 * for await (const { line, entry } of readManifest(createReadStream("manifest.jsonl"), { root: "/data" })) {
 *   console.log(line, entry.key);
 * }
 * ```
 */
export async function* readManifest(
  manifest: ManifestInput,
  options: ManifestOptions = {},
): AsyncGenerator<ManifestLine, void, undefined> {
  const { root, prefix = "", onBadLine = "fail", onSkipped } = options;
  if (onBadLine !== "fail" && onBadLine !== "skip")
    throw new TypeError("onBadLine: must be 'fail' or 'skip'");
  const context = { root: root === undefined ? undefined : resolve(root), prefix };
  let line = 0;
  for await (const raw of manifestLines(manifest)) {
    line += 1;
    try {
      const entry = entryOf(raw, context);
      if (entry !== undefined) yield { line, entry };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const bad = new ManifestError(line, error.code, error.message, error.field);
      if (onBadLine === "fail") throw bad;
      onSkipped?.(bad);
    }
  }
}

/** The entry of a line; undefined: the line is empty. */
function entryOf(raw: RawLine, context: EntryContext): ManifestEntry | undefined {
  if (raw === undefined)
    throw new Refusal("line-too-long", `is longer than ${MAX_LINE_BYTES} bytes, which is the most`);
  if (!(raw instanceof Uint8Array)) return checkEntry(raw.entry, context);
  // Also removes the carriage return, and the byte order mark of the first line.
  const text = decode(raw).trim();
  return text === "" ? undefined : checkEntry(parse(text), context);
}

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Refusal("not-utf8", "is not UTF-8");
  }
}

/** JSON.parse's own message would quote the line, which may hold a signature. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal("not-json", "is not JSON: one object per line is expected");
  }
}
