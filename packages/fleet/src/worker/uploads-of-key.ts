import type { CosClient, MultipartUploadInfo } from "@cosup/node";
import type { RunInfo } from "../ledger/run-info.ts";

/** The unfinished multipart uploads of exactly this key, as COS lists them. */
export async function* uploadsOfKey(
  {
    worker,
    info,
  }: {
    readonly worker: { readonly cos: CosClient; readonly stopping: AbortSignal };
    readonly info: Pick<RunInfo, "bucket">;
  },
  key: string,
): AsyncGenerator<MultipartUploadInfo> {
  const { cos, stopping } = worker;
  const found = cos.eachMultipartUpload({ Bucket: info.bucket, Prefix: key, signal: stopping });
  for await (const upload of found) {
    if (upload.Key === key) yield upload;
  }
}
