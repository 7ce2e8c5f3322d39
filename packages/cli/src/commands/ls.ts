import { eachFolderEntry, eachObject, type ObjectInfo } from "@cosup/node/objects";
import { type ConnectionFlags, openClient } from "../client.ts";
import { ownEnvironment } from "../credentials.ts";
import { formatBytes } from "../display/format.ts";
import { abortOnInterrupt } from "../interrupt.ts";
import { parseLocation } from "../location.ts";
import { writeJson, writeResult } from "../output.ts";
import { bareETag } from "./outcome.ts";

/** The flags of `cosup ls`. */
export interface ListFlags extends ConnectionFlags {
  readonly recursive?: boolean;
  readonly long?: boolean;
  readonly total?: boolean;
  readonly json?: boolean;
}

/** Width of the longest storage class, `INTELLIGENT_TIERING`. */
const CLASS_WIDTH = 19;

/** Runs `cosup ls`: prints the objects and folders below a prefix. Returns the exit code. */
export async function list(target: string, flags: ListFlags): Promise<number> {
  const { bucket, key } = parseLocation(target);
  const client = openClient(flags, ownEnvironment());
  const parameters = { Bucket: bucket, Prefix: key, signal: abortOnInterrupt() };
  const entries =
    flags.recursive === true ? eachObject(client, parameters) : eachFolderEntry(client, parameters);
  // Names are printed from the last folder of the prefix on, as a shell does.
  const folder = key.slice(0, key.lastIndexOf("/") + 1);
  const sums = { objects: 0, folders: 0, bytes: 0 };
  try {
    for await (const entry of entries) {
      if ("Key" in entry) {
        sums.objects += 1;
        sums.bytes += entry.Size;
        printObject(entry, entry.Key.slice(folder.length), flags);
      } else {
        sums.folders += 1;
        printFolder(entry.Prefix, entry.Prefix.slice(folder.length), flags);
      }
    }
  } finally {
    await client.close();
  }
  if (flags.json === true) writeJson({ type: "summary", ...sums });
  else if (flags.total === true) writeResult(`${countOf(sums.objects)}, ${formatBytes(sums.bytes)}`);
  return 0;
}

function printObject(object: ObjectInfo, name: string, { json, long }: ListFlags): void {
  const { Key, Size, LastModified, ETag, StorageClass } = object;
  if (json === true) {
    writeJson({
      type: "listed",
      key: Key,
      size: Size,
      lastModified: LastModified,
      etag: bareETag(ETag),
      storageClass: StorageClass,
    });
  } else if (long === true)
    writeResult([...columns(String(Size), LastModified, StorageClass), name].join("  "));
  else writeResult(name);
}

function printFolder(prefix: string, name: string, { json, long }: ListFlags): void {
  if (json === true) writeJson({ type: "folder", prefix });
  else writeResult(long === true ? [...columns("", "", ""), name].join("  ") : name);
}

/** Sizes up to 999 GB stay in their column. */
function columns(size: string, lastModified: string, storageClass: string): string[] {
  return [size.padStart(12), lastModified.padEnd(24), storageClass.padEnd(CLASS_WIDTH)];
}

/** A number of objects, in words. */
export function countOf(objects: number): string {
  return `${objects} object${objects === 1 ? "" : "s"}`;
}
