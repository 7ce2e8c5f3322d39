import {
  ArgumentRangeError,
  ArgumentTypeError,
  type ResumeMode,
  type SkipMode,
  type UploadDirectoryParameters,
} from "@cosup/node";
import type { ConnectionFlags } from "../client.ts";
import type { SelectionFlags } from "../selection/selection.ts";
import type { SiteFlags } from "../site/site-flags.ts";

/** The flags of `cosup cp`, as commander parses them. */
export interface CopyFlags extends ConnectionFlags, SelectionFlags, SiteFlags {
  readonly recursive?: boolean;
  /** Region of the source of a copy inside COS. */
  readonly sourceRegion?: string;
  readonly partSize?: number;
  readonly concurrency?: number;
  readonly files?: number;
  /** Failed files after which the command stops. */
  readonly maxErrors?: number;
  readonly md5?: boolean;
  readonly trafficLimit?: number;
  readonly acl?: "default" | "private" | "public-read" | "public-read-write";
  readonly storageClass?: string;
  readonly contentType: string;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  readonly expires?: string;
  readonly meta?: Readonly<Record<string, string>>;
  readonly forbidOverwrite?: boolean;
  readonly followSymlinks?: boolean;
  readonly skip?: SkipMode;
  readonly resume?: ResumeMode;
  readonly stateDir?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  /** False with `--no-progress`. */
  readonly progress: boolean;
  readonly dryRun?: boolean;
  /** Path of the report. */
  readonly report?: string;
  /** A manifest, `-` for stdin. */
  readonly manifestIn?: string;
  /** Path of its ledger. */
  readonly ledger?: string;
  /** The folder of relative paths in the manifest. */
  readonly root?: string;
  readonly skipBadLines?: boolean;
}

/** The client parameters that uploads of files and of directories share. */
export type UploadSettings = Omit<
  UploadDirectoryParameters,
  "LocalDirectoryPath" | "Bucket" | "Prefix" | "onFile" | "contentType" | "concurrency"
>;

/** @throws {RangeError} `--files` is out of range */
export function checkFilesAtOnce({ files = 5 }: Pick<CopyFlags, "files">): void {
  if (files < 1 || files > 1000)
    throw new ArgumentRangeError("concurrency", `must be 1 to 1000 files at the same time, not ${files}`);
}

/**
 * The region of the source of a copy inside COS, which COS wants also where an endpoint says where requests go.
 * @throws {TypeError} it is not known
 */
export function sourceRegionOf({ sourceRegion, region }: CopyFlags): string {
  const given = sourceRegion ?? region;
  if (given) return given;
  throw new ArgumentTypeError("Region", "is needed to copy inside COS");
}

/** Maps the flags to the parameters of the client. */
export function uploadSettings(flags: CopyFlags): UploadSettings {
  return {
    PartSize: flags.partSize,
    MAXThread: flags.concurrency,
    EnableMD5: flags.md5,
    TrafficLimit: flags.trafficLimit,
    ACL: flags.acl,
    StorageClass: flags.storageClass,
    // Without ContentType, the client derives the type from the extension of the key.
    ContentType: flags.contentType === "auto" ? undefined : flags.contentType,
    CacheControl: flags.cacheControl,
    ContentDisposition: flags.contentDisposition,
    ContentEncoding: flags.contentEncoding,
    ContentLanguage: flags.contentLanguage,
    Expires: flags.expires,
    Metadata: flags.meta,
    ForbidOverwrite: flags.forbidOverwrite,
    resume: flags.resume,
  };
}
