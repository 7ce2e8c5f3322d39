import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { OptionRangeError, OptionTypeError } from "./options/option-errors.ts";
import { attributesFrom } from "./request/attributes.ts";
import { ingest } from "./store/ingest.ts";
import type { Store } from "./store/store.ts";

export interface SeedOptions {
  /** Default: the only bucket of the emulator. */
  readonly bucket?: string;
  /** What the keys begin with, such as `images/`. Default: nothing. */
  readonly prefix?: string;
}

/** How many objects were stored, and their bytes. */
export interface Seeded {
  readonly objects: number;
  readonly bytes: number;
}

/**
 * Stores each file below a folder as an object: its key is the path below the folder, its Content-Type that of its name.
 * Links to files count as files. Nothing is deleted.
 *
 * @throws {OptionRangeError} there is no such folder or bucket
 */
export async function seedStore(
  store: Store,
  folder: string,
  now: () => number,
  { bucket, prefix = "" }: SeedOptions = {},
): Promise<Seeded> {
  if (typeof folder !== "string") throw new OptionTypeError("folder", "accepted: the path of a folder");
  const { objects } = bucketFor(store, bucket);
  let bytes = 0;
  const paths = await filesBelow(folder);
  for (const path of paths) {
    const key = prefix + path.split(sep).join("/");
    const { extent, md5, crc64 } = await ingest(store.files, createReadStream(join(folder, path)), Infinity);
    try {
      await objects.change(key, () => ({
        ...attributesFrom(new Map(), key),
        key,
        size: extent.size,
        etag: md5.toString("hex"),
        crc64,
        lastModified: now(),
        type: "normal",
        extents: [extent],
      }));
    } finally {
      await store.files.release([extent]);
    }
    bytes += extent.size;
  }
  return { objects: paths.length, bytes };
}

function bucketFor(store: Store, name: string | undefined): ReturnType<Store["buckets"]>[number] {
  const [first, second] = store.buckets();
  const found = name === undefined ? (second === undefined ? first : undefined) : store.bucket(name);
  if (found !== undefined) return found;
  const accepted = store
    .buckets()
    .map(({ record }) => record.name)
    .join(", ");
  throw new OptionRangeError("bucket", `${name ?? "is missing"}; accepted: ${accepted}`);
}

/** The paths of all files, relative to the folder, in a stable order. */
async function filesBelow(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw new OptionRangeError("folder", `${folder} cannot be read (${error.code})`);
  });
  const files: string[] = [];
  for (const name of names.sort()) if ((await stat(join(folder, name))).isFile()) files.push(name);
  return files;
}
