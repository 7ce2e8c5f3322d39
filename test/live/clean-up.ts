import type { CosClient } from "@cosup/core";
import { listObjects } from "@cosup/core/objects";

/** What a run left below its prefix. */
export interface CleanUp {
  readonly objects: number;
  readonly uploads: number;
  /** Objects and uploads that are still there. */
  readonly left: number;
}

/** Removes every object and every unfinished upload below a prefix, and looks whether they are gone. */
export async function cleanUp(cos: CosClient, Bucket: string, Prefix: string): Promise<CleanUp> {
  if (Prefix.length < 20) throw new Error(`the prefix ${Prefix} is too short to be that of a run`);
  let objects = 0;
  let uploads = 0;
  for await (const Key of keysBelow(cos, Bucket, Prefix)) {
    await cos.deleteObject({ Bucket, Key });
    objects += 1;
  }
  for await (const { Key, UploadId } of cos.eachMultipartUpload({ Bucket, Prefix })) {
    await cos.abortMultipartUpload({ Bucket, Key, UploadId });
    uploads += 1;
  }
  let left = 0;
  for await (const _ of keysBelow(cos, Bucket, Prefix)) left += 1;
  for await (const _ of cos.eachMultipartUpload({ Bucket, Prefix })) left += 1;
  return { objects, uploads, left };
}

async function* keysBelow(cos: CosClient, Bucket: string, Prefix: string): AsyncGenerator<string> {
  let Marker: string | undefined;
  do {
    const page = await listObjects(cos, { Bucket, Prefix, Marker });
    for (const { Key } of page.Contents) yield Key;
    Marker = page.IsTruncated ? page.NextMarker : undefined;
  } while (Marker !== undefined);
}
