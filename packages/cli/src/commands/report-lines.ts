import { lstat, realpath } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";
import { ArgumentTypeError } from "@cosup/node";
import { isLocation, parseLocation } from "../location.ts";
import { ReportFile, type ReportLine } from "../report-file.ts";
import type { Selection } from "../selection/selection.ts";
import type { LogFlags } from "../watch/request-log.ts";
import type { CopyFlags } from "./copy-flags.ts";
import type { Outcome } from "./outcome.ts";

/**
 * Creates the report of `--report`; undefined without the flag.
 * @param folder that is copied, or copied to
 * @param selection what of the folder takes part
 * @throws {TypeError} it cannot be written, or would be copied itself
 */
export async function openReport(
  { report, dryRun }: CopyFlags,
  folder?: string,
  selection?: Selection,
): Promise<ReportFile | undefined> {
  if (report === undefined) return undefined;
  if (dryRun === true) throw new ArgumentTypeError("report", "must not be given with --dry-run");
  await refuseWithin("report", report, folder, selection);
  return new ReportFile(report);
}

/**
 * Refuses a log in the folder that is copied: it grows with each request, so that its own copy fails, and a sync that
 * watches the folder would never be quiet.
 * @throws {TypeError} the file of `--log-file` takes part
 */
export async function refuseLogWithin(
  { logFile }: LogFlags,
  folder: string | undefined,
  selection: Selection,
  done: "copied" | "compared" = "copied",
): Promise<void> {
  if (logFile !== undefined) await refuseWithin("logFile", logFile, folder, selection, done);
}

async function refuseWithin(
  parameter: "report" | "logFile",
  file: string,
  folder: string | undefined,
  selection: Selection | undefined,
  done = "copied",
): Promise<void> {
  const inside = folder === undefined ? undefined : await pathBelow(folder, file);
  if (inside !== undefined && selection?.wants(inside) === true)
    throw new ArgumentTypeError(
      parameter,
      `${file} is in the folder that is ${done}: give another place, or --exclude`,
    );
}

/** The path of `file` below `folder`, with "/" between names; undefined if it is not below. */
async function pathBelow(folder: string, file: string): Promise<string | undefined> {
  const real = await realpath(dirname(file)).catch(() => undefined);
  if (real === undefined) return undefined;
  const target = (await lstat(file).catch(() => undefined))?.isSymbolicLink()
    ? await realpath(file).catch(() => file)
    : join(real, basename(file));
  const root = await realpath(folder).catch(() => undefined);
  // The target of a download may not exist yet.
  if (root === undefined) return undefined;
  const path = relative(root, target);
  return path.startsWith("..") || isAbsolute(path) ? undefined : path.split(sep).join("/");
}

/** The line of an object that COS holds now; undefined if the command did not get its CRC64. */
export function reportLine(outcome: Outcome, bucket: string): ReportLine | undefined {
  const { status, source, to, crc64, size, etag, versionId, file } = outcome;
  if (status === "failed" || status === "planned" || !crc64 || size === undefined) return undefined;
  const properties = { size, crc64, etag, versionId, file };
  if (to !== undefined && isLocation(to)) return { ...parseLocation(to), ...properties };
  const path = to ?? (source === "-" ? undefined : source);
  return { bucket, key: outcome.key, path, ...properties };
}
