import { isAbsolute, relative, resolve, sep } from "node:path";
import type { Readable } from "node:stream";
import {
  ledgerObjects,
  type RunFailure,
  type RunObject,
  type RunResult,
  runManifest,
  type UnfinishedObject,
} from "@cosup/fleet/embedded";
import { ArgumentTypeError, type NodeCosClient } from "@cosup/node";
import { checkKeys, openClient } from "../client.ts";
import { ownEnvironment } from "../credentials.ts";
import { createDisplay } from "../display/create-display.ts";
import type { Display } from "../display/display.ts";
import { formatBytes } from "../display/format.ts";
import { FailFast } from "../early-end.ts";
import { abortOnInterrupt } from "../interrupt.ts";
import { isLocation, type Location } from "../location.ts";
import type { ReportFile } from "../report-file.ts";
import { type CopyFlags, checkFilesAtOnce } from "./copy-flags.ts";
import { finishTransfer } from "./finish-transfer.ts";
import { dryRunManifest } from "./manifest-dry-run.ts";
import { refuseManifestFlags } from "./manifest-flags.ts";
import { openManifest, parseManifestTarget } from "./open-manifest.ts";
import { bareETag, type Outcome, Tally } from "./outcome.ts";
import { openReport } from "./report-lines.ts";

const MIB = 1024 * 1024;

/** The flags of `cosup cp --manifest-in`. */
export type ManifestFlags = CopyFlags & { readonly manifestIn: string };

/** Runs `cosup cp --manifest-in FILE cos://BUCKET/PREFIX/`. Returns the exit code. */
export async function copyManifest(values: readonly string[], flags: ManifestFlags): Promise<number> {
  const failFast = new FailFast(flags.maxErrors);
  const signal = failFast.signalWith(abortOnInterrupt());
  const target = targetOf(values);
  refuseManifestFlags(flags);
  checkFilesAtOnce(flags);
  const ledger = ledgerOf(flags);
  if (flags.dryRun !== true) await checkKeys(flags, ownEnvironment(), signal);
  const manifest = await openManifest(flags.manifestIn);
  const report = await openReport(flags);
  const display = await createDisplay(flags, target.bucket);
  const tally = new Tally("uploaded", undefined, failFast);
  if (flags.dryRun === true)
    return dryRunManifest({ flags, target, ledger, manifest, display, tally, signal });
  const client = openClient(flags, ownEnvironment());
  const run: ManifestRun = { flags, target, ledger, manifest, display, tally, client, signal, left: [] };
  try {
    const exitCode = await finishTransfer(run, store(run), () => keptBy(run));
    if (report !== undefined) await writeReport(report, run);
    return report?.end(exitCode, flags.json === true) ?? exitCode;
  } finally {
    await client.close();
    manifest.destroy();
  }
}

interface ManifestRun {
  readonly flags: ManifestFlags;
  readonly target: Location;
  readonly ledger: string;
  readonly manifest: Readable;
  readonly display: Display;
  readonly tally: Tally;
  readonly client: NodeCosClient;
  readonly signal: AbortSignal;
  /** Objects that an interruption has left unfinished. */
  readonly left: UnfinishedObject[];
}

/** What the next run need not send again. */
function keptBy({ ledger, left }: ManifestRun): string {
  const begun = left.filter(({ parts }) => parts > 0);
  const kept = `the ledger ${ledger} has what is stored`;
  if (begun.length === 0) return kept;
  const sum = (name: "parts" | "bytes" | "size"): number =>
    begun.reduce((total, each) => total + each[name], 0);
  const objects = begun.length === 1 ? begun[0]?.key : `${begun.length} unfinished objects`;
  return `${kept}, and ${sum("parts")} parts of ${objects} (${formatBytes(sum("bytes"))} of ${formatBytes(sum("size"))})`;
}

/** The only argument: where the keys of the manifest begin. */
function targetOf(values: readonly string[]): Location {
  const [only = ""] = values;
  if (values.length !== 1 || !isLocation(only))
    throw new ArgumentTypeError(
      "target",
      "must be the only argument beside --manifest-in: cos://BUCKET/PREFIX/",
    );
  return parseManifestTarget(only);
}

function ledgerOf({ manifestIn, ledger }: ManifestFlags): string {
  if (ledger !== undefined) return ledger;
  if (manifestIn !== "-") return `${manifestIn}.ledger`;
  throw new ArgumentTypeError("ledger", "must be given with a manifest from stdin");
}

async function store(run: ManifestRun): Promise<void> {
  const { flags, target, ledger, manifest, display, tally, client, signal, left } = run;
  let counted = 0;
  const result = await runManifest({
    cos: client,
    bucket: target.bucket,
    region: flags.region || undefined,
    manifest,
    ledger,
    root: resolve(flags.root ?? ""),
    prefix: target.key,
    onBadLine: flags.skipBadLines === true ? "skip" : "fail",
    objects: flags.files,
    concurrency: flags.concurrency,
    partSize: flags.partSize === undefined ? undefined : flags.partSize * MIB,
    signal,
    onSkipped: ({ message }) => display.warning({ code: "manifest-line", message }),
    onObject: (object) => add(run, outcomeOf(object)),
    onFailure: (failure, error) => add(run, failedOutcome(failure, error)),
    onUnfinished: (upload) => left.push(upload),
    onProgress: ({ bytesSent, bytesResumed, resumed }) => {
      tally.skipped += resumed - counted;
      counted = resumed;
      const bytes = { acknowledged: bytesSent + bytesResumed, resumed: bytesResumed };
      display.progress({ ...bytes, inFlight: 0, bytesPerSecond: undefined }, undefined);
    },
  });
  warn(display, result, target.bucket);
}

function add({ tally, display }: ManifestRun, outcome: Outcome): void {
  tally.add(outcome);
  display.outcome(outcome);
}

function outcomeOf({ sent, ...object }: RunObject): Outcome {
  const { source, key, size, crc64, etag, versionId, partsSent, partsResumed } = object;
  const stored = { source, key, size, crc64, etag: bareETag(etag), versionId };
  const done = sent ? ({ status: "uploaded" } as const) : ({ status: "skipped", reason: "same" } as const);
  return { ...stored, ...done, partsSent, partsResumed };
}

function failedOutcome({ source, key }: RunFailure, error: unknown): Outcome {
  return { source, key, status: "failed", size: undefined, error, partsSent: 0, partsResumed: 0 };
}

/** Names what the run may have left in COS. */
function warn(display: Display, { possibleOrphans }: RunResult, bucket: string): void {
  for (const { key, uploadId } of possibleOrphans) {
    const message = `an unfinished upload of ${key} may be of this run, whose beginning was not heard of: look at it with uploads ls cos://${bucket}/${key}`;
    display.warning({ code: "orphan-upload", message, uploadId });
  }
}

/** All objects of the ledger, those of earlier runs too. */
async function writeReport(report: ReportFile, { flags, ledger, target }: ManifestRun): Promise<void> {
  const root = resolve(flags.root ?? "");
  for await (const { key, path, size, crc64, etag, versionId } of ledgerObjects(ledger)) {
    const file = path === undefined ? undefined : pathFrom(root, path);
    report.add({ bucket: target.bucket, key, path: file, size, crc64, etag: bareETag(etag), versionId });
  }
}

/** As a manifest names it: below the folder with "/" between names, or absolute. */
function pathFrom(root: string, path: string): string {
  const below = relative(root, path);
  return below.startsWith("..") || isAbsolute(below) ? path : below.split(sep).join("/");
}
