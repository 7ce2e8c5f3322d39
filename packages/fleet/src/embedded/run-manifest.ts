import { type ManifestLine, readManifest } from "../manifest/read-manifest.ts";
import { nameOf } from "../sources/source-errors.ts";
import { entryId } from "../transfer/entry-id.ts";
import { failureOf } from "../transfer/failure.ts";
import { openUploads } from "../transfer/large-upload.ts";
import { checkRunOptions } from "./check-run-options.ts";
import { EntryParts } from "./entry-parts.ts";
import { isDone, isFileSource } from "./is-done.ts";
import { openLedger } from "./ledger.ts";
import { LedgerError } from "./ledger-error.ts";
import type { PossibleOrphan, RunContext, RunOptions, RunResult } from "./run-options.ts";
import { RunTotals } from "./run-totals.ts";
import { Semaphore } from "./semaphore.ts";
import { type EntryRun, storeEntry } from "./store-entry.ts";
import { endUpload } from "./store-large.ts";

/** Large objects at once: each holds some parts in memory. */
const LARGE_AT_ONCE = 2;

const MEMORY_BYTES = 64 * 1024 ** 2;

/** Lines that are noted as begun at a time: so many objects at most are compared with COS after a kill. */
const STARTED_AHEAD = 256;

/**
 * Stores all objects of a manifest from this machine. Each is verified by its CRC64. The ledger remembers what is stored,
 * and every part of a large object: after an interruption or a kill, the same call goes on, sends nothing again that is in
 * it, and asks COS about the last objects before the end. Entries that failed are tried again.
 * @throws {TypeError} {@link RangeError} a wrong option
 * @throws {LedgerError} another run uses the ledger, it is of another bucket or prefix, or cannot be used
 * @throws {ManifestError} a line that cannot be used, unless `onBadLine` is `skip`; what was begun is finished first
 *
 * @example
 * ```ts
 * import { createReadStream } from "node:fs";
 * import { runManifest } from "@cosup/fleet/embedded";
 * import { createCos } from "@cosup/node";
 *
 * const cos = createCos({ Region: "ap-guangzhou", SecretId, SecretKey });
 * const { sent, failed } = await runManifest({
 *   cos,
 *   bucket: "examplebucket-1250000000",
 *   manifest: createReadStream("manifest.jsonl"),
 *   ledger: "manifest.ledger",
 * });
 * ```
 */
export async function runManifest(options: RunOptions): Promise<RunResult> {
  checkRunOptions(options);
  const totals = new RunTotals(options.onProgress);
  const signal = options.signal ?? new AbortController().signal;
  signal.throwIfAborted();
  const ledger = await openLedger(options.ledger, { bucket: options.bucket, prefix: options.prefix ?? "" });
  try {
    const stop = new AbortController();
    const context = contextOf(options, AbortSignal.any([signal, stop.signal]), totals);
    const large = new Semaphore(LARGE_AT_ONCE);
    const noted = Promise.resolve();
    const run: Run = { context, ledger, options, totals, stop, large, kept: new Set(), noted };
    await runAll(run).catch((error: unknown) => {
      reportUnfinished(run);
      throw error;
    });
    return await finish(run);
  } finally {
    await ledger.close();
  }
}

interface Run extends EntryRun {
  readonly options: RunOptions;
  readonly totals: RunTotals;
  /** Stops all entries when the ledger cannot be written. */
  readonly stop: AbortController;
  /** Lines of failed entries whose uploads the next run goes on with. */
  readonly kept: Set<number>;
  /** Resolves when the ledger says how far the run may have begun. */
  noted: Promise<void>;
}

function contextOf(options: RunOptions, signal: AbortSignal, totals: RunTotals): RunContext {
  const { cos, bucket, region, concurrency, partSize, attempts = 3 } = options;
  const memoryBudget = Math.floor((options.memoryBudget ?? MEMORY_BYTES) / LARGE_AT_ONCE);
  const onBytes = (bytes: number): void => totals.count("bytesSent", bytes);
  const onResumed = (bytes: number): void => totals.count("bytesResumed", bytes);
  return { cos, bucket, region, concurrency, memoryBudget, partSize, attempts, signal, onBytes, onResumed };
}

/** Some loops take entries from one manifest. */
async function runAll(run: Run): Promise<void> {
  const { manifest, root, prefix, onBadLine, onSkipped, objects = 8 } = run.options;
  const lines = readManifest(manifest, {
    root,
    prefix,
    onBadLine,
    onSkipped: (error) => {
      run.totals.count("skippedLines");
      onSkipped?.(error);
    },
  });
  const repeatUpTo = run.ledger.state.startedUpTo;
  endWith(manifest, run.context.signal);
  let failure: { readonly reason: unknown } | undefined;
  const worker = async (): Promise<void> => {
    while (failure === undefined) {
      const next = await lines.next();
      if (next.done === true) return;
      await runLine(run, next.value, repeatUpTo);
    }
  };
  const fail = (reason: unknown): void => {
    failure ??= { reason };
    if (reason instanceof LedgerError) run.stop.abort(reason);
  };
  await Promise.all(Array.from({ length: objects }, () => worker().catch(fail)));
  await lines.return();
  if (failure !== undefined) throw failure.reason;
}

/** A stream that waits for its writer would not let the run end. */
function endWith(manifest: unknown, signal: AbortSignal): void {
  const { destroy } = manifest as { readonly destroy?: unknown };
  if (typeof destroy !== "function") return;
  signal.addEventListener("abort", () => destroy.call(manifest, signal.reason), { once: true });
}

async function runLine(run: Run, { line, entry }: ManifestLine, repeatUpTo: number): Promise<void> {
  const { context, ledger, options, totals } = run;
  context.signal.throwIfAborted();
  const id = entryId(entry);
  if (await isDone(ledger.state, { line, id, source: entry.source })) {
    totals.count("resumed");
    return;
  }
  if (line > ledger.state.startedUpTo)
    run.noted = ledger.add({ type: "started", line: line + STARTED_AHEAD });
  await run.noted;
  const { key } = entry;
  const source = nameOf(entry.source);
  try {
    const work = { line, id, entry, parts: new EntryParts() };
    const { result, facts, ...parts } = await storeEntry(run, work, line <= repeatUpTo);
    const { fingerprint } = facts ?? {};
    const file = isFileSource(entry.source) ? { fingerprint, path: entry.source } : {};
    await ledger.add({ type: "done", line, id, ...result, ...file });
    options.onObject?.({ line, source, ...result, ...parts });
    totals.count(result.sent ? "sent" : "unchanged");
  } catch (error) {
    if (context.signal.aborted || error instanceof LedgerError) throw error;
    const failure = failureOf(error);
    await ledger.add({ type: "failed", line, id, key, ...failure });
    if (ledger.state.uploads.has(line)) run.kept.add(line);
    options.onFailure?.({ line, source, key, ...failure }, error);
    totals.addFailure({ line, source, key, ...failure });
  }
}

function reportUnfinished({ ledger, options }: Run): void {
  for (const { line, key, uploadId, facts, parts } of ledger.state.uploads.values()) {
    const bytes = [...parts.values()].reduce((sum, { size }) => sum + size, 0);
    options.onUnfinished?.({ line, key, uploadId, size: facts.size, parts: parts.size, bytes });
  }
}

/** What is left in COS of this run and of earlier ones. */
async function finish({ context, ledger, totals, kept }: Run): Promise<RunResult> {
  const { uploads, uploadIds } = ledger.state;
  const unfinishedUploads: PossibleOrphan[] = [];
  for (const upload of [...uploads.values()]) {
    const { line, key, uploadId } = upload;
    // Of a line that the manifest no longer has, or that is another entry now.
    if (kept.has(line)) unfinishedUploads.push({ key, uploadId });
    else await endUpload(context, ledger, upload);
  }
  const possibleOrphans: PossibleOrphan[] = [];
  for (const key of ledger.state.doubtfulKeys()) {
    const open = await openUploads(context, key);
    const unknown = open.filter(({ uploadId }) => !uploadIds.has(uploadId));
    possibleOrphans.push(...unknown.map(({ uploadId }) => ({ key, uploadId })));
  }
  return { ...totals.progress(), failures: totals.failures, unfinishedUploads, possibleOrphans };
}
