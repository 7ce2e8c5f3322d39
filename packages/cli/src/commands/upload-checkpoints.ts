import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ConnectionFlags } from "../client.ts";

/** The checkpoint of an upload, as a file of the state directory. */
export interface UploadCheckpoint {
  /** Of the checkpoint: the name of its file. */
  readonly id: string;
  readonly key: string;
  readonly uploadId: string;
  /** When it was written last, in milliseconds since 1970. */
  readonly writtenMs: number;
}

/** The checkpoints of uploads to a bucket. Files that are none, also records of downloads, are left out. */
export async function uploadCheckpoints(
  directory: string,
  bucket: string,
  flags: ConnectionFlags,
): Promise<UploadCheckpoint[]> {
  const service = serviceOf(bucket, flags);
  const found: UploadCheckpoint[] = [];
  for (const name of await readdir(directory).catch(() => [])) {
    const [, id] = /^([0-9a-f]{32})\.json$/.exec(name) ?? [];
    if (id === undefined) continue;
    const path = join(directory, name);
    const { Bucket, Key, UploadId, endpoint = service } = await contentOf(path);
    if (Bucket !== bucket || endpoint !== service) continue;
    if (typeof Key !== "string" || typeof UploadId !== "string") continue;
    const stats = await stat(path).catch(() => undefined);
    if (stats !== undefined) found.push({ id, key: Key, uploadId: UploadId, writtenMs: stats.mtimeMs });
  }
  return found;
}

async function contentOf(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const value: unknown = JSON.parse(await readFile(path, "utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** How checkpoints name the service of `--endpoint`; "" is COS itself. One that is written differently is not recognised. */
function serviceOf(bucket: string, { endpoint = "", region = "" }: ConnectionFlags): string {
  const url = endpoint.replaceAll("{Bucket}", bucket).replaceAll("{Region}", region).replace(/\/+$/, "");
  return /^https?:\/\/[^/]*\.myqcloud\.com$/i.test(url) ? "" : url;
}
