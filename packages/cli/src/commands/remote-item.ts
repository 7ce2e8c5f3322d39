import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { CheckpointStore, NodeCosClient } from "@cosup/node";
import { downloadFile } from "@cosup/node/download";
import type { Display } from "../display/display.ts";
import { isNotFound } from "../is-not-found.ts";
import type { Location } from "../location.ts";
import { makeFolder } from "../make-folder.ts";
import type { ReportFile } from "../report-file.ts";
import type { Selection } from "../selection/selection.ts";
import type { AfterCopy } from "./after-copy.ts";
import { type CopyFlags, sourceRegionOf } from "./copy-flags.ts";
import { downloadSettings } from "./download-settings.ts";
import type { FileProgress, FilesProgress } from "./files-progress.ts";
import { bareETag, type Outcome, type Tally } from "./outcome.ts";
import type { RemoteItem, RemotePlan } from "./remote-plan.ts";
import { reportLine } from "./report-lines.ts";

/** Everything that the objects of one command share. */
export interface RemoteRun {
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

/** Downloads one object, or copies it inside COS, and reports its outcome. */
export async function copyItem(run: RemoteRun, item: RemoteItem): Promise<void> {
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
    ...downloadSettings(flags, progress),
    checkpoints,
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
