import { createReadStream } from "node:fs";
import { opendir, stat } from "node:fs/promises";
import { join } from "node:path";
import { checkNames, OptionRangeError, OptionTypeError } from "./options/option-errors.ts";
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

type Bucket = ReturnType<Store["buckets"]>[number];

/** Files that are read at the same time. */
const AT_ONCE = 8;
/** As of requests: COS document 436/7749. */
const MAX_KEY_BYTES = 850;

/**
 * Stores each file below a folder as an object: its key is the path below the folder, its Content-Type that of its name.
 * Links to files count as files; other links are not followed. Nothing is deleted.
 *
 * @throws {OptionRangeError} there is no such folder or bucket; a file cannot be read or has a name that is no key
 */
export async function seedStore(
  store: Store,
  folder: string,
  now: () => number,
  options: SeedOptions = {},
): Promise<Seeded> {
  if (typeof folder !== "string") throw new OptionTypeError("folder", "accepted: the path of a folder");
  checkNames("", options, ["bucket", "prefix"]);
  const { bucket, prefix = "" } = options;
  if (bucket !== undefined && typeof bucket !== "string") {
    throw new OptionTypeError("bucket", "accepted: the name of a bucket of the emulator");
  }
  if (typeof prefix !== "string") throw new OptionTypeError("prefix", "accepted: what the keys begin with");
  const target = bucketFor(store, bucket);
  const names = await filesBelow(folder, "");
  const keys = names.map((name) => checkedKey(prefix + name));
  let bytes = 0;
  for (let start = 0; start < names.length; start += AT_ONCE) {
    const some = names.slice(start, start + AT_ONCE);
    const sizes = some.map((name, index) => {
      return storeFile(store, target, join(folder, name), keys[start + index] ?? "", now);
    });
    for (const size of await Promise.all(sizes)) bytes += size;
  }
  return { objects: names.length, bytes };
}

async function storeFile(
  store: Store,
  { objects }: Bucket,
  path: string,
  key: string,
  now: () => number,
): Promise<number> {
  const { extent, md5, crc64 } = await ingest(store.files, createReadStream(path), Number.POSITIVE_INFINITY);
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
  return extent.size;
}

function bucketFor(store: Store, name: string | undefined): Bucket {
  const [first, second] = store.buckets();
  const found = name === undefined ? (second === undefined ? first : undefined) : store.bucket(name);
  if (found !== undefined) return found;
  const accepted = store
    .buckets()
    .map(({ record }) => record.name)
    .join(", ");
  throw new OptionRangeError("bucket", `${name ?? "is missing"}; accepted: ${accepted}`);
}

function checkedKey(key: string): string {
  if (!key.startsWith("/") && !key.includes("\0") && Buffer.byteLength(key) <= MAX_KEY_BYTES) return key;
  const accepted = `at most ${MAX_KEY_BYTES} bytes, no slash at the beginning, no NUL`;
  throw new OptionRangeError(
    "prefix",
    `makes the key ${JSON.stringify(key.slice(0, 80))}; accepted: ${accepted}`,
  );
}

/** The paths of all files below a folder, with `/`, in a stable order. */
async function filesBelow(root: string, below: string): Promise<string[]> {
  const files: string[] = [];
  const folders: string[] = [];
  try {
    for await (const entry of await opendir(join(root, below))) {
      const name = below + entry.name;
      if (entry.isDirectory()) folders.push(`${name}/`);
      else if (entry.isFile() || (entry.isSymbolicLink() && (await isFile(join(root, name)))))
        files.push(name);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new OptionRangeError("folder", `${join(root, below)} cannot be read (${code})`);
  }
  for (const folder of folders.sort()) files.push(...(await filesBelow(root, folder)));
  return files.sort();
}

/** What a link leads to; false if that is not there. */
async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
