import { ArgumentTypeError, checkUpload } from "@cosup/node";
import { isLocation, type Location, parseLocation } from "../location.ts";
import { checkSelectionFlags } from "../selection/selection.ts";
import { checkSiteFlags } from "../site/check-site-flags.ts";
import { folderPrefix } from "../sync/sides.ts";
import type { SyncFlags } from "../sync/sync-context.ts";
import { checkFilesAtOnce, sourceRegionOf, uploadSettings } from "./copy-flags.ts";
import { flagOf } from "./flag-names.ts";
import { OF_OBJECTS } from "./remote-flags.ts";

/** What a sync copies, and which way. */
export interface SyncArguments {
  readonly kind: "upload" | "download" | "copy";
  /** Of a copy: "". */
  readonly folder: string;
  /** The source of a copy. */
  readonly from?: Location;
  /** The bucket, and a key that is empty or ends with "/". */
  readonly location: Location;
}

/**
 * Reads and checks the arguments of `cosup sync`. Sends nothing.
 * @throws {TypeError} {@link RangeError} a wrong argument or flag, or flags that contradict each other
 */
export function parseSyncArguments(source: string, target: string, flags: SyncFlags): SyncArguments {
  const isUpload = isLocation(target);
  const isCopy = isUpload && isLocation(source);
  if (!isUpload && !isLocation(source))
    throw new ArgumentTypeError("target", "one of source and target must be cos://BUCKET[/PREFIX]");
  const location = folderPrefix(parseLocation(isUpload ? target : source));
  if (flags.maxDelete !== undefined && flags.delete !== true)
    throw new ArgumentTypeError("maxDelete", "can only be used with --delete");
  if (flags.filesFrom !== undefined && flags.delete === true)
    throw new ArgumentTypeError(
      "filesFrom",
      "must not be given with --delete: a list says nothing of what is gone",
    );
  if (flags.watch === true) checkWatchFlags(flags, isUpload && !isCopy);
  checkSelectionFlags(flags, true);
  checkFilesAtOnce(flags);
  if (!isUpload || isCopy) checkSourceFlags(flags);
  if (flags.sourceRegion !== undefined && !isCopy)
    throw new ArgumentTypeError("sourceRegion", "is for a sync inside COS");
  checkSiteFlags(flags, flags.contentEncoding);
  checkUpload({ ...uploadSettings(flags), Bucket: location.bucket });
  if (isCopy) return { kind: "copy", folder: "", from: copySource(source, location, flags), location };
  const folder = isUpload ? source : target;
  if (folder === "-" || folder === "")
    throw new ArgumentTypeError(isUpload ? "source" : "target", "must be a folder");
  return { kind: isUpload ? "upload" : "download", folder, location };
}

/** @throws {TypeError} a flag that says something about one sync alone */
function checkWatchFlags(flags: SyncFlags, isUpload: boolean): void {
  if (!isUpload) throw new ArgumentTypeError("watch", "watches a folder: the target must be in COS");
  for (const name of ["dryRun", "filesFrom", "report", "followSymlinks"] as const)
    if (flags[name] !== undefined)
      throw new ArgumentTypeError("watch", `must not be given with ${flagOf(name) ?? name}`);
}

/** @throws {TypeError} the source overlaps the target, or its region is not known */
function copySource(source: string, target: Location, flags: SyncFlags): Location {
  const from = folderPrefix(parseLocation(source));
  const overlaps = from.key.startsWith(target.key) || target.key.startsWith(from.key);
  if (from.bucket === target.bucket && overlaps)
    throw new ArgumentTypeError("target", "must not be the source, nor in it, nor around it");
  sourceRegionOf(flags);
  if (flags.cosignore === false)
    throw new ArgumentTypeError("cosignore", "is for folders, and source and target are in COS");
  if (flags.resume !== undefined)
    throw new ArgumentTypeError("resume", "is for uploads and downloads: a copy inside COS is not resumed");
  return from;
}

/** A file has no headers, a copy those of its source; and links are not followed where files are written. */
function checkSourceFlags(flags: SyncFlags): void {
  const ofUploads = { ...OF_OBJECTS, md5: "EnableMD5", followSymlinks: "followSymlinks" };
  for (const [name, parameter] of Object.entries(ofUploads)) {
    if (flags[name as keyof typeof ofUploads] !== undefined)
      throw new ArgumentTypeError(parameter, "is for uploads: the source is in COS");
  }
  if (flags.contentType !== "auto")
    throw new ArgumentTypeError("ContentType", "is for uploads: the source is in COS");
  if (flags.resume === "server")
    throw new ArgumentTypeError("resume", "must be 'auto', 'require' or 'off' for a download");
}
