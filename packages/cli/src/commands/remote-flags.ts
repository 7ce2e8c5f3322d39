import { ArgumentTypeError, checkUpload } from "@cosup/node";
import { checkSelectionFlags } from "../selection/selection.ts";
import { type CopyFlags, checkFilesAtOnce } from "./copy-flags.ts";
import type { RemoteTarget } from "./remote-plan.ts";

/** Flags that describe an object: a copy keeps those of its source, a file has none. */
export const OF_OBJECTS = {
  acl: "ACL",
  storageClass: "StorageClass",
  cacheControl: "CacheControl",
  contentDisposition: "ContentDisposition",
  contentEncoding: "ContentEncoding",
  contentLanguage: "ContentLanguage",
  expires: "Expires",
  meta: "Metadata",
  compress: "compress",
  cacheRule: "cacheRule",
} as const satisfies Partial<Record<keyof CopyFlags, string>>;

/** Flags that only mean something where the source is a file. */
const OF_UPLOADS = {
  md5: "EnableMD5",
  followSymlinks: "followSymlinks",
} as const satisfies Partial<Record<keyof CopyFlags, string>>;

/**
 * Refuses flags that would be ignored.
 * @throws {TypeError} one of them is given
 */
export function checkRemoteFlags(flags: CopyFlags, { kind }: RemoteTarget): void {
  for (const [name, parameter] of Object.entries({ ...OF_UPLOADS, ...OF_OBJECTS })) {
    if (flags[name as keyof typeof OF_OBJECTS] !== undefined)
      throw new ArgumentTypeError(parameter, "is for uploads: the source is in COS");
  }
  if (flags.contentType !== "auto")
    throw new ArgumentTypeError("ContentType", "is for uploads: the source is in COS");
  if (flags.cosignore === false)
    throw new ArgumentTypeError("cosignore", "is for uploads: the source is in COS");
  checkSelectionFlags(flags, flags.recursive === true);
  if (flags.skip === "same")
    throw new ArgumentTypeError("skip", "must be 'never' or 'exists' when the source is in COS");
  if (flags.resume === "server")
    throw new ArgumentTypeError("resume", "must be 'auto', 'require' or 'off' for a download");
  if (kind === "stdout" && flags.report !== undefined)
    throw new ArgumentTypeError("report", "needs a target other than stdout");
  if (kind === "location" && flags.resume !== undefined)
    throw new ArgumentTypeError("resume", "is for uploads and downloads: a copy inside COS is not resumed");
  checkFilesAtOnce(flags);
  // Before a folder is listed. The limits are those of uploads.
  checkUpload({
    PartSize: flags.partSize,
    MAXThread: flags.concurrency,
    TrafficLimit: flags.trafficLimit,
  });
}
