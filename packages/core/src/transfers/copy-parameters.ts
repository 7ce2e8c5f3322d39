import { type CopySource, checkCopySource } from "../params/copy-source.ts";
import { OBJECT_HEADERS, type ObjectHeaders } from "../params/object-headers.ts";
import { COPY_CONDITIONS, MULTIPART, OBJECT, TRAFFIC_LIMIT } from "../params/shared-parameters.ts";
import type { Method } from "../params/table.ts";
import type { CopyConditions } from "../requests/copy-object.ts";
import type { ObjectParameters } from "../requests/object-parameters.ts";
import type { ProgressCallback, WarningCallback } from "../upload/options.ts";

/** The parameter table of copyObject. */
export const COPY_OBJECT = {
  name: "copyObject",
  parameters: {
    ...OBJECT,
    CopySource: { check: checkCopySource, required: true },
    ...COPY_CONDITIONS,
    TrafficLimit: TRAFFIC_LIMIT,
    ...OBJECT_HEADERS,
    ...MULTIPART,
  },
} as const satisfies Method;

/** The parameters of {@link CosClient.copyObject}. */
export interface CopyObjectParameters extends ObjectParameters, ObjectHeaders, CopyConditions {
  /** What to copy from. */
  readonly CopySource: CopySource;
  /** MB per part, 1 to 5120; default 64. Sources up to one part are copied in one request. */
  readonly PartSize?: number | undefined;
  /** Parts under way at once, 1 to 1000; default 5. */
  readonly MAXThread?: number | undefined;
  /** Limit in bit/s, 819 200 to 838 860 800 (100 KB/s to 100 MB/s). */
  readonly TrafficLimit?: number | string | undefined;
  /** Receives the bytes that COS has acknowledged so far. */
  readonly onProgress?: ProgressCallback | undefined;
  /** Receives what did not stop the copy but matters, such as an orphaned upload. */
  readonly onWarning?: WarningCallback | undefined;
}

/** The result of {@link CosClient.copyObject}. */
export interface CopyObjectResult {
  /** The bucket, as BucketName-APPID. */
  readonly Bucket: string;
  /** The object's key. */
  readonly Key: string;
  /** With its quotes, as COS returns it. */
  readonly ETag: string;
  /** Bytes of the object. */
  readonly size: number;
  /** CRC64-ECMA as unsigned decimal. */
  readonly crc64: string | undefined;
  /** Parts it was copied in; 1: in one request. */
  readonly partsCopied: number;
}
