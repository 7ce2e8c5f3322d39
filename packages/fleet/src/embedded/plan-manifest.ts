import { open } from "node:fs/promises";
import { readManifest } from "../manifest/read-manifest.ts";
import { probeFile } from "../sources/file-source.ts";
import { nameOf, requireSize } from "../sources/source-errors.ts";
import { entryId } from "../transfer/entry-id.ts";
import { isDone, isFileSource } from "./is-done.ts";
import { LedgerError } from "./ledger-error.ts";
import type { LedgerState } from "./ledger-state.ts";
import { readLedger, requireFile, requireTarget } from "./read-ledger.ts";
import type { RunOptions } from "./run-options.ts";

/** Options of {@link planManifest}: those of the run that have to do with what it reads. */
export type PlanOptions = Pick<
  RunOptions,
  "bucket" | "manifest" | "ledger" | "root" | "prefix" | "onBadLine" | "onSkipped"
>;

/** What a run would do with an entry. */
export interface PlannedObject {
  /** From 1 on. */
  readonly line: number;
  /** The source, a URL without its query. */
  readonly source: string;
  /** The object's key. */
  readonly key: string;
  /** Bytes, of a file or where the manifest has them. */
  readonly size: number | undefined;
  /** Whether the ledger has it, and its file has not changed since, so that nothing would be sent. */
  readonly isDone: boolean;
  /** Why it would fail: its file cannot be read, or has another size. */
  readonly error?: unknown;
}

/**
 * Reads what {@link runManifest} would do with each entry, in the order of the manifest. Nothing is sent, no request is made, and the
 * ledger is not written. Files are asked for their size; URLs and objects of COS are not.
 * @throws {LedgerError} the ledger cannot be used, or is of another bucket or prefix
 * @throws {ManifestError} a line that cannot be used, unless `onBadLine` is `skip`
 */
export async function* planManifest(options: PlanOptions): AsyncGenerator<PlannedObject, void, undefined> {
  const { manifest, root, prefix, onBadLine, onSkipped } = options;
  const state = await readState(options);
  for await (const { line, entry } of readManifest(manifest, { root, prefix, onBadLine, onSkipped })) {
    const { key, size } = entry;
    const planned = { line, source: nameOf(entry.source), key, size };
    const known = { line, id: entryId(entry), source: entry.source };
    if (state !== undefined && (await isDone(state, known))) yield { ...planned, isDone: true };
    else if (!isFileSource(entry.source)) yield { ...planned, isDone: false };
    else yield { ...planned, isDone: false, ...(await sizeOf(entry.source, size)) };
  }
}

async function sizeOf(
  path: string,
  wanted: number | undefined,
): Promise<{ readonly size: number } | { readonly error: unknown }> {
  try {
    const { size } = await probeFile(path);
    requireSize(path, wanted, size);
    return { size };
  } catch (error) {
    return { error };
  }
}

/** Undefined: there is no ledger yet. */
async function readState({ ledger, bucket, prefix = "" }: PlanOptions): Promise<LedgerState | undefined> {
  await requireFile(ledger);
  const file = await open(ledger).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new LedgerError("ledger-unusable", `the ledger ${ledger} cannot be used (${error.code})`, error);
  });
  if (file === undefined) return undefined;
  try {
    const { state, head } = await readLedger(file, ledger);
    requireTarget(head, ledger, { bucket, prefix });
    return state;
  } finally {
    await file.close();
  }
}
