import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { ArgumentTypeError, checkUpload, SourceError } from "@cosup/node";
import { isLocation, type Location, parseLocation } from "../location.ts";
import { unreadable } from "../unreadable.ts";

/** A local file and the key that it is uploaded to. */
export interface PlannedFile {
  readonly path: string;
  readonly key: string;
  readonly size: number;
  /** A pipe or a device: how long it is shows at its end. */
  readonly isStream: boolean;
}

/** What `cosup cp` uploads, and to which keys. */
export type CopyPlan = { readonly bucket: string } & (
  | { readonly kind: "stdin"; readonly key: string }
  | { readonly kind: "files"; readonly files: readonly PlannedFile[] }
  | { readonly kind: "directory"; readonly path: string; readonly prefix: string }
);

const STDIN = "-";

/** The arguments of `cosup cp`, before any file is read. */
export interface CopyArguments {
  readonly sources: readonly string[];
  readonly target: Location;
}

/**
 * Splits the arguments into sources and target. Reads no file.
 * @throws {TypeError} {@link RangeError} a missing or invalid argument, or arguments that contradict each other
 */
export function parseCopyArguments(values: readonly string[]): CopyArguments {
  const sources = values.slice(0, -1);
  const last = values.at(-1) ?? "";
  if (!isLocation(last))
    throw new ArgumentTypeError("target", `the last argument must be cos://BUCKET/KEY, not '${last}'`);
  const target = parseLocation(last);
  if (sources.length === 0)
    throw new ArgumentTypeError(
      "source",
      "is missing: give SOURCE… cos://BUCKET/KEY, or cos://BUCKET/KEY PATH",
    );
  const remote = sources.find(isLocation);
  if (remote !== undefined) {
    throw new ArgumentTypeError("source", `'${remote}' is not a local file, and another source is`);
  }
  if (sources.length > 1) {
    if (sources.includes(STDIN)) throw new ArgumentTypeError("source", "- (stdin) must be the only source");
    if (!keepsName(target))
      throw new ArgumentTypeError("target", "must end with '/' when there are several sources");
  }
  // The key is checked here whether it is complete or the prefix of several keys.
  if (sources[0] === STDIN || target.key !== "") checkUpload({ Key: target.key });
  return { sources, target };
}

/** Reads the type and size of each source and decides its key. */
export async function planCopy({ sources, target }: CopyArguments, recursive: boolean): Promise<CopyPlan> {
  const { bucket, key } = target;
  const [first = STDIN] = sources;
  if (first === STDIN) {
    if (keepsName(target))
      throw new ArgumentTypeError(
        "Key",
        "stdin has no file name: give a complete key that does not end with '/'",
      );
    return { bucket, kind: "stdin", key };
  }
  const files: PlannedFile[] = [];
  for (const path of sources) {
    if (path === "") throw new ArgumentTypeError("source", "must not be empty");
    const { directory, ...file } = await readStats(path);
    if (directory && !recursive)
      throw new SourceError(`${path} is a directory: add -r to upload it`, "source-unreadable");
    if (directory && sources.length > 1)
      throw new ArgumentTypeError("source", `${path} is a directory: upload one directory per command`);
    if (directory) return { bucket, kind: "directory", path, prefix: directoryPrefix(key) };
    files.push({ path, ...file, key: keepsName(target) ? key + basename(path) : key });
  }
  checkKeys(files);
  return { bucket, kind: "files", files };
}

/** Whether the key of each object ends with the name of its file. */
function keepsName({ key }: Location): boolean {
  return key === "" || key.endsWith("/");
}

/** `cp -r photos cos://bucket/backup` uploads to the prefix `backup/`. */
function directoryPrefix(key: string): string {
  return key === "" || key.endsWith("/") ? key : `${key}/`;
}

async function readStats(
  path: string,
): Promise<{ directory: boolean } & Pick<PlannedFile, "size" | "isStream">> {
  try {
    const stats = await stat(path);
    return { directory: stats.isDirectory(), size: stats.size, isStream: !stats.isFile() };
  } catch (error) {
    throw unreadable(path, error);
  }
}

function checkKeys(files: readonly PlannedFile[]): void {
  const pathOf = new Map<string, string>();
  for (const { key, path } of files) {
    checkUpload({ Key: key });
    const other = pathOf.get(key);
    if (other !== undefined)
      throw new ArgumentTypeError("source", `${other} and ${path} would both be stored as ${key}`);
    pathOf.set(key, path);
  }
}
