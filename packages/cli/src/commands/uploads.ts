import { ArgumentTypeError, CosError, type MultipartUploadInfo, type NodeCosClient } from "@cosup/node";
import { classify } from "../classify-error.ts";
import { type ConnectionFlags, openClient } from "../client.ts";
import { ownEnvironment } from "../credentials.ts";
import { EXIT } from "../exit-codes.ts";
import { abortOnInterrupt } from "../interrupt.ts";
import { type Location, parseLocation, parseObjectLocation } from "../location.ts";
import { writeJson, writeResult } from "../output.ts";
import { reportFailure } from "../report.ts";

interface ListFlags extends ConnectionFlags {
  readonly json?: boolean;
}

/** Runs `cosup uploads ls`: prints the unfinished multipart uploads of a bucket or key prefix. Returns the exit code. */
export async function listUploads(target: string, flags: ListFlags): Promise<number> {
  const { bucket, key } = parseLocation(target);
  const client = openClient(flags, ownEnvironment());
  const signal = abortOnInterrupt();
  let uploads = 0;
  for await (const upload of client.eachMultipartUpload({ Bucket: bucket, Prefix: key, signal })) {
    uploads += 1;
    if (flags.json === true) writeJson({ type: "upload", ...propertiesOf(upload) });
    else writeResult(`${upload.Initiated}  ${upload.UploadId}  ${upload.Key}`);
  }
  if (flags.json === true) writeJson({ type: "summary", uploads });
  return 0;
}

interface AbortFlags extends ListFlags {
  readonly uploadId?: string;
  readonly all?: boolean;
  /** Milliseconds. */
  readonly olderThan?: number;
}

/** Runs `cosup uploads abort`: aborts uploads, so that their parts no longer cost storage. Returns the exit code. */
export async function abortUploads(target: string, flags: AbortFlags): Promise<number> {
  checkSelection(flags);
  const { uploadId, all = false, olderThan = 0, json = false } = flags;
  const location = uploadId === undefined ? parseLocation(target) : parseObjectLocation(target);
  const client = openClient(flags, ownEnvironment());
  const signal = abortOnInterrupt();
  const uploads =
    uploadId === undefined
      ? selectUploads(client, location, olderThan, signal)
      : [{ Key: location.key, UploadId: uploadId }];
  let aborted = 0;
  let exitCode = 0;
  for await (const { Key, UploadId } of uploads) {
    try {
      await client.abortMultipartUpload({ Bucket: location.bucket, Key, UploadId, signal });
    } catch (error) {
      if (signal.aborted || !all || !concernsOneUpload(error)) throw error;
      exitCode = reportFailure(error, json, { key: Key });
      continue;
    }
    aborted += 1;
    if (json) writeJson({ type: "aborted", key: Key, uploadId: UploadId });
    else writeResult(`aborted ${UploadId}  ${Key}`);
  }
  if (json) writeJson({ type: "summary", aborted });
  else if (aborted === 0) writeResult("nothing to abort");
  return exitCode;
}

function checkSelection({ uploadId, all = false, olderThan }: AbortFlags): void {
  if ((uploadId === undefined) !== all) {
    throw new ArgumentTypeError("UploadId", "give either --upload-id ID or --all");
  }
  if (uploadId !== undefined && olderThan !== undefined) {
    throw new ArgumentTypeError("older-than", "can only be used with --all");
  }
}

/** Whether the other uploads may still be aborted. Exit codes other than 1 mean that further requests fail too. */
function concernsOneUpload(error: unknown): boolean {
  return error instanceof CosError && classify(error).exitCode === EXIT.failed;
}

/** Yields the uploads of exactly this key or, if the key is empty or ends with "/", of all keys with this prefix. */
async function* selectUploads(
  client: NodeCosClient,
  { bucket, key }: Location,
  olderThanMs: number,
  signal: AbortSignal,
): AsyncGenerator<Pick<MultipartUploadInfo, "Key" | "UploadId">> {
  const before = Date.now() - olderThanMs;
  const isPrefix = key === "" || key.endsWith("/");
  for await (const upload of client.eachMultipartUpload({ Bucket: bucket, Prefix: key, signal })) {
    if ((isPrefix || upload.Key === key) && Date.parse(upload.Initiated) <= before) yield upload;
  }
}

function propertiesOf({
  Key,
  UploadId,
  Initiated,
  StorageClass,
}: MultipartUploadInfo): Record<string, string> {
  return { key: Key, uploadId: UploadId, initiated: Initiated, storageClass: StorageClass };
}
