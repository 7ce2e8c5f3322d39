import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { type CheckpointStore, fileCheckpoints, type NodeCosClient } from "@cosup/node";
import { downloadFile } from "@cosup/node/download";
import { openClient } from "../client.ts";
import { ownEnvironment } from "../credentials.ts";
import { createDisplay } from "../display/create-display.ts";
import type { Display } from "../display/display.ts";
import { FailFast } from "../early-end.ts";
import { abortOnInterrupt } from "../interrupt.ts";
import { isNotFound } from "../is-not-found.ts";
import type { Location } from "../location.ts";
import { makeFolder } from "../make-folder.ts";
import type { ReportFile } from "../report-file.ts";
import { openSelection, type Selection } from "../selection/selection.ts";
import type { AfterCopy } from "./after-copy.ts";
import { cat } from "./cat.ts";
import { type CopyFlags, sourceRegionOf } from "./copy-flags.ts";
import { type FileProgress, FilesProgress } from "./files-progress.ts";
import { finishTransfer } from "./finish-transfer.ts";
import { bareETag, missingOutcomes, noCounts, type Outcome, Tally } from "./outcome.ts";
import { checkRemoteFlags } from "./remote-flags.ts";
import { parseRemoteArguments, type RemoteItem, type RemotePlan, remoteItems } from "./remote-plan.ts";
import { openReport, reportLine } from "./report-lines.ts";

/** Everything that the objects of one command share. */
interface RemoteRun {
  readonly client: NodeCosClient;
  readonly plan: RemotePlan;
  readonly flags: CopyFlags;
  readonly selection: Selection;
  readonly checkpoints: CheckpointStore;
  readonly display: Display;
  readonly tally: Tally;
  readonly progress: FilesProgress;
  readonly signal: AbortSignal;
  readonly report: ReportFile | undefined;
  readonly after: AfterCopy | undefined;
}

/** Runs `cosup cp` with a source in COS: downloads objects, or copies them inside COS. Returns the exit code. */
export async function copyRemote(
  values: readonly string[],
  flags: CopyFlags,
  after?: AfterCopy,
): Promise<number> {
  const recursive = flags.recursive === true;
  const plan = parseRemoteArguments(values, recursive);
  checkRemoteFlags(flags, plan.target);
  if (plan.target.kind === "stdout") return cat(values[0] ?? "", flags);
  const selection = await openSelection(flags, undefined);
  const report = await openReport(flags);
  const [first] = plan.sources;
  const client = openClient(flags, ownEnvironment());
  const display = createDisplay(flags, first?.bucket ?? "");
  const failFast = new FailFast(flags.maxErrors);
  const does = plan.target.kind === "path" ? "downloaded" : "copied";
  const tally = new Tally(does, after && noCounts(), failFast);
  const progress = new FilesProgress(0, (_done, total, details) => display.progress(details, total));
  const checkpoints = fileCheckpoints(flags.stateDir || undefined);
  const signal = failFast.signalWith(abortOnInterrupt());
  const run: RemoteRun = {
    client,
    plan,
    flags,
    selection,
    checkpoints,
    display,
    tally,
    progress,
    signal,
    report,
    after,
  };
  try {
    const exitCode = await finishTransfer(run, copyAll(run, recursive));
    return report?.end(exitCode, flags.json === true) ?? exitCode;
  } finally {
    await client.close();
  }
}

async function copyAll(run: RemoteRun, recursive: boolean): Promise<void> {
  const { tally, display, selection, after, signal } = run;
  await copyItems(run, recursive);
  if (recursive) selection.warnUnmatched((warning) => display.warning(warning));
  const report = (outcome: Outcome): void => {
    tally.add(outcome);
    display.outcome(outcome);
  };
  if (recursive) for (const outcome of missingOutcomes(selection, folderOf(run.plan))) report(outcome);
  await after?.end(report, signal);
}

/** What the keys of the source of a recursive command begin with. */
function folderOf({ sources: [source] }: RemotePlan): string {
  const { key = "" } = source ?? {};
  return key === "" || key.endsWith("/") ? key : `${key}/`;
}

async function copyItems(run: RemoteRun, recursive: boolean): Promise<void> {
  // Several workers take from one list: a generator gives each item once.
  const items = remoteItems(run.client, run.plan, recursive ? run.selection : undefined, run.signal);
  const worker = async (): Promise<void> => {
    for (let next = await items.next(); next.done !== true; next = await items.next())
      await copyItem(run, next.value);
  };
  const workers = Array.from({ length: Math.max(1, run.flags.files ?? 5) }, worker);
  // Every download must have saved its record before the process ends.
  for (const result of await Promise.allSettled(workers))
    if (result.status === "rejected") throw result.reason;
}

async function copyItem(run: RemoteRun, item: RemoteItem): Promise<void> {
  const { flags, signal, tally, display } = run;
  signal.throwIfAborted();
  const { bucket, key } = item.source;
  const object = {
    source: `cos://${bucket}/${key}`,
    key,
    to: typeof item.to === "string" ? item.to : `cos://${item.to.bucket}/${item.to.key}`,
    size: item.size,
    partsSent: 0,
    partsResumed: 0,
  };
  const report = (outcome: Outcome): void => {
    tally.add(outcome);
    const line = reportLine(outcome, bucket);
    if (line !== undefined) run.report?.add(line);
    run.after?.add(outcome);
    display.outcome(outcome);
  };
  const progress = run.progress.file(key, item.size);
  try {
    if (item.refused !== undefined) throw item.refused;
    if (flags.dryRun === true) report({ ...object, status: "planned" });
    else if (flags.skip === "exists" && (await exists(run, item.to)))
      report({ ...object, status: "skipped", reason: "exists" });
    else if (typeof item.to === "string")
      report({ ...object, ...(await download(run, item, item.to, progress)) });
    else report({ ...object, ...(await copyInside(run, item.source, item.to, progress)) });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    report({ ...object, status: "failed", error });
  } finally {
    progress.end();
  }
}

type Done = Pick<Outcome, "status" | "size" | "crc64" | "etag" | "versionId">;

async function download(
  run: RemoteRun,
  item: RemoteItem,
  path: string,
  progress: FileProgress,
): Promise<Done> {
  const { client, flags, checkpoints, display, signal } = run;
  await makeFolder(dirname(path));
  const { size, crc64, ETag, versionId } = await downloadFile(client, {
    Bucket: item.source.bucket,
    Key: item.source.key,
    LocalFilePath: path,
    overwrite: flags.forbidOverwrite !== true,
    PartSize: flags.partSize,
    MAXThread: flags.concurrency,
    TrafficLimit: flags.trafficLimit,
    checkpoints,
    resume: flags.resume === "server" ? undefined : flags.resume,
    onProgress: (acknowledged, total, resumed) =>
      progress.update({ acknowledged, resumed, inFlight: 0 }, total),
    onWarning: (warning) => display.warning(warning),
    signal,
  });
  return { status: "downloaded", size, crc64, etag: bareETag(ETag), versionId };
}

async function copyInside(
  { client, flags, display, signal }: RemoteRun,
  from: Location,
  to: Location,
  progress: FileProgress,
): Promise<Done> {
  const { size, crc64, ETag } = await client.copyObject({
    Bucket: to.bucket,
    Key: to.key,
    CopySource: { Bucket: from.bucket, Key: from.key, Region: sourceRegionOf(flags) },
    ForbidOverwrite: flags.forbidOverwrite,
    PartSize: flags.partSize,
    MAXThread: flags.concurrency,
    onProgress: (_copied, total, details) => progress.update(details, total),
    onWarning: (warning) => display.warning(warning),
    signal,
  });
  return { status: "copied", size, crc64, etag: bareETag(ETag) };
}

async function exists({ client, signal }: RemoteRun, to: string | Location): Promise<boolean> {
  if (typeof to === "string") return (await stat(to).catch(() => undefined)) !== undefined;
  return client.headObject({ Bucket: to.bucket, Key: to.key, signal }).then(
    () => true,
    (error: unknown) => {
      if (isNotFound(error)) return false;
      throw error;
    },
  );
}
