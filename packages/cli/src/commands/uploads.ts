import { ArgumentTypeError, CosError, type MultipartUploadInfo, type NodeCosClient } from "@cosup/node";
import { type ConnectionFlags, openClient } from "../client.ts";
import { ownEnvironment } from "../credentials.ts";
import { classify } from "../exit-codes.ts";
import { abortOnInterrupt } from "../interrupt.ts";
import { type Location, parseLocation, parseObjectLocation } from "../location.ts";
import { writeJson, writeResult } from "../output.ts";
import { reportFailure } from "../report.ts";

interface ListFlags extends ConnectionFlags {
  readonly json?: boolean;
}

/** `cosup uploads ls`: the unfinished multipart uploads of a bucket, or below a prefix. */
export async function listUploads(target: string, flags: ListFlags): Promise<number> {
  const { bucket, key } = parseLocation(target);
  const client = openClient(flags, ownEnvironment());
  const signal = abortOnInterrupt();
  let uploads = 0;
  for await (const upload of client.eachMultipartUpload({ Bucket: bucket, Prefix: key, signal })) {
    uploads += 1;
    if (flags.json === true) writeJson({ type: "upload", ...described(upload) });
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

/** `cosup uploads abort`: gives unfinished uploads up, so that their parts no longer cost anything. */
export async function abortUploads(target: string, flags: AbortFlags): Promise<number> {
  const { uploadId, all = false, olderThan, json = false } = flags;
  if ((uploadId === undefined) !== all) {
    throw new ArgumentTypeError("UploadId", "give either --upload-id ID or --all");
  }
  if (uploadId !== undefined && olderThan !== undefined) {
    throw new ArgumentTypeError("older-than", "goes with --all, not with --upload-id");
  }
  const location = uploadId === undefined ? parseLocation(target) : parseObjectLocation(target);
  const client = openClient(flags, ownEnvironment());
  const signal = abortOnInterrupt();
  const chosen =
    uploadId === undefined
      ? chooseUploads(client, location, olderThan ?? 0, signal)
      : [{ Key: location.key, UploadId: uploadId }];
  let aborted = 0;
  let exitCode = 0;
  for await (const { Key, UploadId } of chosen) {
    try {
      await client.abortMultipartUpload({ Bucket: location.bucket, Key, UploadId, signal });
    } catch (error) {
      // The others are still worth aborting; what is no answer of COS concerns them all.
      if (signal.aborted || !all || !(error instanceof CosError) || classify(error).exitCode !== 1)
        throw error;
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

/** Of exactly this key; of all keys below it when it is the bucket itself or ends with "/". */
async function* chooseUploads(
  client: NodeCosClient,
  { bucket, key }: Location,
  olderThanMs: number,
  signal: AbortSignal,
): AsyncGenerator<Pick<MultipartUploadInfo, "Key" | "UploadId">> {
  const before = Date.now() - olderThanMs;
  const below = key === "" || key.endsWith("/");
  for await (const upload of client.eachMultipartUpload({ Bucket: bucket, Prefix: key, signal })) {
    if ((below || upload.Key === key) && Date.parse(upload.Initiated) <= before) yield upload;
  }
}

function described({ Key, UploadId, Initiated, StorageClass }: MultipartUploadInfo): Record<string, string> {
  return { key: Key, uploadId: UploadId, initiated: Initiated, storageClass: StorageClass };
}
