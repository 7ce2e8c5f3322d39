import { lstat, realpath } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";
import { ArgumentTypeError, pathFilter } from "@cosup/node";
import { isLocation, parseLocation } from "../location.ts";
import { ReportFile, type ReportLine } from "../report-file.ts";
import type { CopyFlags } from "./copy-flags.ts";
import type { CopyPlan } from "./copy-plan.ts";
import type { Outcome } from "./outcome.ts";

/**
 * Creates the report of `--report`; undefined without the flag.
 * @param plan what is uploaded, if it is an upload
 * @throws {TypeError} it cannot be written, or would be uploaded itself
 */
export async function openReport(
  { report, dryRun, include, exclude }: CopyFlags,
  plan?: CopyPlan,
): Promise<ReportFile | undefined> {
  if (report === undefined) return undefined;
  if (dryRun === true) throw new ArgumentTypeError("report", "must not be given with --dry-run");
  if (plan?.kind === "directory") {
    const inside = await pathBelow(plan.path, report);
    if (inside !== undefined && (await pathFilter({ include, exclude }))(inside))
      throw new ArgumentTypeError(
        "report",
        `${report} is in the folder that is uploaded: give another place, or --exclude`,
      );
  }
  return new ReportFile(report);
}

/** The path of `file` below `folder`, with "/" between names; undefined if it is not below. */
async function pathBelow(folder: string, file: string): Promise<string | undefined> {
  const real = await realpath(dirname(file)).catch(() => undefined);
  if (real === undefined) return undefined;
  const target = (await lstat(file).catch(() => undefined))?.isSymbolicLink()
    ? await realpath(file).catch(() => file)
    : join(real, basename(file));
  const path = relative(await realpath(folder), target);
  return path.startsWith("..") || isAbsolute(path) ? undefined : path.split(sep).join("/");
}

/** The line of an object that COS holds now; undefined if the command did not get its CRC64. */
export function reportLine(outcome: Outcome, bucket: string): ReportLine | undefined {
  const { status, source, to, crc64, size, etag, versionId } = outcome;
  if (status === "failed" || status === "planned" || !crc64 || size === undefined) return undefined;
  const properties = { size, crc64, etag, versionId };
  if (to !== undefined && isLocation(to)) return { ...parseLocation(to), ...properties };
  const path = to ?? (source === "-" ? undefined : source);
  return { bucket, key: outcome.key, path, ...properties };
}
