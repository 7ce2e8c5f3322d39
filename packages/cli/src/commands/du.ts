import { eachObject } from "@cosup/node/objects";
import { type ConnectionFlags, openClient } from "../client.ts";
import { ownEnvironment } from "../credentials.ts";
import { formatBytes } from "../display/format.ts";
import { abortOnInterrupt } from "../interrupt.ts";
import { parseLocation } from "../location.ts";
import { writeJson, writeResult } from "../output.ts";
import { countOf } from "./ls.ts";

/** The flags of `cosup du`. */
export interface UsageFlags extends ConnectionFlags {
  /** Levels of folders that have lines of their own. */
  readonly depth?: number;
  readonly json?: boolean;
}

interface Usage {
  objects: number;
  bytes: number;
}

/** Runs `cosup du`: adds up the objects below a prefix. Returns the exit code. */
export async function usage(target: string, flags: UsageFlags): Promise<number> {
  const { bucket, key } = parseLocation(target);
  const client = openClient(flags, ownEnvironment());
  const total: Usage = { objects: 0, bytes: 0 };
  const folders = new Map<string, Usage>();
  try {
    const signal = abortOnInterrupt();
    for await (const { Key, Size } of eachObject(client, { Bucket: bucket, Prefix: key, signal })) {
      add(total, Size);
      for (const folder of foldersOf(Key, key, flags.depth ?? 0)) add(usageOf(folders, folder), Size);
    }
  } finally {
    await client.close();
  }
  for (const [prefix, each] of folders) {
    if (flags.json === true) writeJson({ type: "usage", prefix, ...each });
    else writeResult(line(each, `cos://${bucket}/${prefix}`));
  }
  if (flags.json === true) writeJson({ type: "summary", prefix: key, ...total });
  else writeResult(line(total, `cos://${bucket}/${key}`));
  return 0;
}

function line({ objects, bytes }: Usage, name: string): string {
  return `${formatBytes(bytes).padStart(10)}  ${countOf(objects).padStart(14)}  ${name}`;
}

function add(to: Usage, bytes: number): void {
  to.objects += 1;
  to.bytes += bytes;
}

function usageOf(folders: Map<string, Usage>, folder: string): Usage {
  const known = folders.get(folder) ?? { objects: 0, bytes: 0 };
  folders.set(folder, known);
  return known;
}

/** The folders below `prefix` that a key is in, down to `depth` levels. */
function* foldersOf(key: string, prefix: string, depth: number): Generator<string> {
  let end = prefix.length;
  for (let level = 0; level < depth; level += 1) {
    end = key.indexOf("/", end) + 1;
    if (end === 0) return;
    yield key.slice(0, end);
  }
}
