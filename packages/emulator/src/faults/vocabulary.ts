import type { OperationName } from "../request/operation.ts";
import { type FaultKind, MOMENTS, type Moment } from "./instruction.ts";
import { integer, oneOf, optional, type ParameterCheck, text } from "./parameter-checks.ts";

/** Where a kind of fault can happen, and its parameters. */
export interface FaultRule {
  readonly moments: readonly Moment[];
  /** Absent: every operation matches. */
  readonly ops?: readonly OperationName[];
  readonly parameters?: Readonly<Record<string, ParameterCheck>>;
}

const REQUEST: readonly Moment[] = ["before-accept", "before-headers", "after-N-bytes-of-request"];
const JUDGED: readonly Moment[] = [...REQUEST, "after-body-before-commit", "after-commit-before-response"];
const DONE: readonly Moment[] = ["after-commit-before-response"];
const AROUND_COMMIT: readonly Moment[] = ["after-body-before-commit", "after-commit-before-response"];
const ADMITTED: readonly Moment[] = ["before-headers", ...AROUND_COMMIT];

const WITH_UPLOAD: readonly OperationName[] = [
  "UploadPart",
  "UploadPartCopy",
  "ListParts",
  "CompleteMultipartUpload",
  "AbortMultipartUpload",
];
const PARTS: readonly OperationName[] = ["UploadPart", "UploadPartCopy"];
const SLOW: readonly OperationName[] = ["CompleteMultipartUpload", "CopyObject", "UploadPartCopy"];
const WRITES: readonly OperationName[] = [
  "PutObject",
  "AppendObject",
  "CopyObject",
  "CompleteMultipartUpload",
  ...PARTS,
];
const WITH_KEY: readonly OperationName[] = [
  ...WRITES,
  "InitiateMultipartUpload",
  "ListParts",
  "AbortMultipartUpload",
  "HeadObject",
  "GetObject",
  "DeleteObject",
];
const WITH_BODY: readonly OperationName[] = ["PutObject", "AppendObject", "UploadPart"];

/** Every kind of fault with its moments, operations and parameters. */
export const VOCABULARY: Readonly<Record<FaultKind, FaultRule>> = {
  reset: { moments: MOMENTS },
  fin: { moments: MOMENTS },
  silence: { moments: MOMENTS },
  "stop-reading": { moments: REQUEST },
  "slow-read": {
    moments: ["before-headers", "after-N-bytes-of-request"],
    parameters: { bytesPerSecond: integer(1, 1e9) },
  },
  "stale-connection": { moments: ["before-accept"] },
  slice: { moments: DONE },
  delay: { moments: MOMENTS, parameters: { ms: integer(1, 3_600_000) } },
  status: {
    moments: JUDGED,
    parameters: {
      status: optional(integer(200, 599)),
      code: optional(text),
      message: optional(text),
      requestId: optional(oneOf(true, false)),
      body: optional(oneOf("xml", "empty", "html")),
      retryAfter: optional((value) =>
        typeof value === "string" ? text(value) : integer(0, Number.MAX_SAFE_INTEGER)(value),
      ),
      retryAfterDate: optional(integer(-1e9, 1e9)),
    },
  },
  deny: { moments: ["before-accept", "before-headers"] },
  redirect: {
    moments: ["before-accept", "before-headers"],
    parameters: { location: text, status: optional(oneOf(301, 302, 307, 308)) },
  },
  "withhold-continue": { moments: ["before-headers"] },
  truncate: { moments: DONE, parameters: { bytes: integer(0, 1e12) } },
  "content-length": { moments: DONE, parameters: { delta: integer(-1e9, 1e9) } },
  "flip-response": {
    moments: DONE,
    ops: ["GetObject"],
    parameters: { at: optional(integer(0, 1e12)) },
  },
  body: { moments: DONE, parameters: { type: oneOf("garbage", "html", "gzip", "empty") } },
  "late-error": { moments: AROUND_COMMIT, ops: SLOW, parameters: { code: optional(text) } },
  "keep-alive-spaces": {
    moments: AROUND_COMMIT,
    ops: SLOW,
    parameters: {
      count: optional(integer(1, 10_000)),
      everyMs: optional(integer(0, 60_000)),
      code: optional(text),
    },
  },
  "flip-request": { moments: ["after-N-bytes-of-request"], ops: [...WITH_BODY, "CompleteMultipartUpload"] },
  "flip-stored": { moments: DONE, ops: WRITES },
  etag: {
    moments: DONE,
    ops: [...WRITES, "HeadObject", "GetObject"],
    parameters: { value: oneOf("wrong", "missing") },
  },
  crc64: {
    moments: DONE,
    ops: [...WRITES, "HeadObject", "GetObject"],
    parameters: { value: oneOf("wrong", "missing") },
  },
  "drop-part": { moments: DONE, ops: PARTS },
  "list-parts": {
    moments: DONE,
    ops: ["ListParts"],
    parameters: { lie: oneOf("sizes", "etags", "stale", "page-loop") },
  },
  "deliver-again": {
    moments: DONE,
    parameters: { afterMs: optional(integer(0, 3_600_000)), afterOp: optional(text) },
  },
  "end-upload": { moments: ADMITTED, ops: WITH_UPLOAD, parameters: { by: oneOf("abort", "complete") } },
  "foreign-part": {
    moments: ADMITTED,
    ops: [...PARTS, "ListParts", "CompleteMultipartUpload"],
    parameters: { part: optional(integer(1, 10_000)) },
  },
  "foreign-object": { moments: ADMITTED, ops: WITH_KEY },
  "clock-skew": { moments: ["before-accept"], parameters: { seconds: integer(-1e9, 1e9) } },
  "rotate-credentials": {
    moments: ["before-accept"],
    parameters: { secretId: text, secretKey: text, token: optional(text) },
  },
};
