import { unchecked, wholeNumber } from "../params/checks.ts";
import type { ContentTypeInference } from "../params/content-type.ts";
import { MAX_BODY_BYTES } from "../params/limits.ts";
import { OBJECT_HEADERS, type ObjectHeaders } from "../params/object-headers.ts";
import { BODY, INFER_CONTENT_TYPE, MULTIPART, OBJECT, TRAFFIC_LIMIT } from "../params/shared-parameters.ts";
import type { Method } from "../params/table.ts";
import type { ObjectParameters } from "../requests/object-parameters.ts";
import type { Body } from "../upload/body.ts";
import type { ProgressCallback } from "../upload/options.ts";

/** The parameter table of appendObject. */
export const APPEND_OBJECT = {
  name: "appendObject",
  parameters: {
    ...OBJECT,
    Position: { check: wholeNumber(0, MAX_BODY_BYTES, "bytes"), required: true, query: "position" },
    Data: { check: unchecked, required: true },
    ContentMD5: BODY.ContentMD5,
    EnableMD5: BODY.EnableMD5,
    TrafficLimit: TRAFFIC_LIMIT,
    sourceIdleMs: BODY.sourceIdleMs,
    ...OBJECT_HEADERS,
    inferContentType: INFER_CONTENT_TYPE,
    onProgress: MULTIPART.onProgress,
  },
} as const satisfies Method;

/** The parameters of {@link CosClient.appendObject}. */
export interface AppendObjectParameters extends ObjectParameters, ObjectHeaders, ContentTypeInference {
  /** Bytes the object has now: 0 for the first append. */
  readonly Position: number | string;
  /** What to append. A stream is appended in several requests, one after the other, with bounded memory. */
  readonly Data: Body;
  /** Accepted as in other methods. An append always lets COS check the MD5, because it cannot be taken back. */
  readonly EnableMD5?: boolean | undefined;
  /** Base64 MD5 of the data, when it is known; only for data that one request can append. */
  readonly ContentMD5?: string | undefined;
  /** Limit in bit/s, 819 200 to 838 860 800 (100 KB/s to 100 MB/s). */
  readonly TrafficLimit?: number | string | undefined;
  /** Milliseconds without a byte after which a stream fails, at least 1; default: no limit. */
  readonly sourceIdleMs?: number | undefined;
  /** Receives the bytes that COS has acknowledged so far. */
  readonly onProgress?: ProgressCallback | undefined;
}
