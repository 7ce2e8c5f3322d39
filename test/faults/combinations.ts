import type { Fault, FaultKind, Instruction, OperationName, When } from "@cosup/emulator";
import { MOMENTS, type Moment } from "../../packages/emulator/src/faults/instruction.ts";
import { VOCABULARY } from "../../packages/emulator/src/faults/vocabulary.ts";
import { ENDLESS_MS } from "./deadlines.ts";
import { FLOWS, type FlowName } from "./flows.ts";

/** One fault at one moment of one operation, in an upload that uses the operation. */
export interface Combination {
  readonly flow: FlowName;
  readonly op: OperationName;
  /** The row of the table: the fault in short. */
  readonly label: string;
  readonly moment: Moment;
  readonly instruction: Instruction;
  /** The fault blocks the request until a deadline, or for the longest pause that a server may ask for. */
  readonly stalls: boolean;
}

interface Variant {
  readonly fault: Fault;
  readonly label?: string;
  readonly times?: number | "forever";
  /** Only at these of the fault's moments. */
  readonly at?: readonly Moment[];
  readonly stalls?: boolean;
}

const STATUSES = [400, 403, 404, 408, 409, 412, 416, 429, 500, 502, 503, 504];
const HEADERS: readonly Moment[] = ["before-headers"];
const DONE: readonly Moment[] = ["after-commit-before-response"];

const VARIANTS: readonly Variant[] = [
  ...(["reset", "fin"] as const).flatMap((kind): Variant[] => [
    { fault: { kind } },
    { fault: { kind }, times: "forever", at: ["before-accept", "after-N-bytes-of-request", ...DONE] },
  ]),
  { fault: { kind: "silence" }, stalls: true },
  { fault: { kind: "stop-reading" }, stalls: true },
  { fault: { kind: "stale-connection" } },
  { fault: { kind: "slow-read", bytesPerSecond: 20_000 } },
  { fault: { kind: "slow-read", bytesPerSecond: 1 }, stalls: true },
  { fault: { kind: "slice" } },
  { fault: { kind: "delay", ms: 40 }, label: "delay, short" },
  { fault: { kind: "delay", ms: ENDLESS_MS }, label: "delay, beyond the deadline", stalls: true },
  ...STATUSES.map((status): Variant => ({ fault: { kind: "status", status }, at: HEADERS })),
  {
    fault: { kind: "status", status: 503 },
    label: "status 503, at other moments",
    at: MOMENTS.filter((m) => m !== "before-headers"),
  },
  {
    fault: { kind: "status", status: 403 },
    label: "status 403, at other moments",
    at: MOMENTS.filter((m) => m !== "before-headers"),
  },
  { fault: { kind: "status", status: 503 }, times: "forever", at: HEADERS },
  {
    fault: { kind: "status", status: 502, requestId: false, body: "html" },
    label: "status 502 of a proxy",
    at: HEADERS,
  },
  {
    fault: { kind: "status", status: 403, requestId: false, body: "html" },
    label: "status 403 of a proxy",
    at: HEADERS,
  },
  { fault: { kind: "status", status: 503, body: "empty" }, label: "status 503, empty", at: HEADERS },
  { fault: { kind: "status", status: 503, retryAfter: 2 }, label: "Retry-After in seconds", at: HEADERS },
  { fault: { kind: "status", status: 503, retryAfterDate: 2 }, label: "Retry-After as a date", at: HEADERS },
  {
    fault: { kind: "status", status: 503, retryAfter: 99_999_999 },
    label: "Retry-After of three years",
    at: HEADERS,
    stalls: true,
  },
  { fault: { kind: "status", status: 503, retryAfter: "soon" }, label: "Retry-After: soon", at: HEADERS },
  ...["ExpiredToken", "EntityTooLarge", "NoSuchUpload", "BadDigest", "RequestTimeout"].map(
    (code): Variant => ({ fault: { kind: "status", code }, at: HEADERS }),
  ),
  { fault: { kind: "deny" }, times: "forever" },
  ...[301, 307].map(
    (status): Variant => ({ fault: { kind: "redirect", status, location: "http://127.0.0.1:9/elsewhere" } }),
  ),
  { fault: { kind: "truncate", bytes: 20 } },
  ...[7, -7].map((delta): Variant => ({ fault: { kind: "content-length", delta } })),
  ...(["garbage", "html", "gzip", "empty"] as const).flatMap((type): Variant[] => [
    { fault: { kind: "body", type } },
  ]),
  { fault: { kind: "body", type: "html" }, times: "forever" },
  { fault: { kind: "late-error" } },
  { fault: { kind: "late-error" }, times: "forever", at: ["after-body-before-commit"] },
  { fault: { kind: "late-error", code: "AccessDenied" } },
  { fault: { kind: "keep-alive-spaces" }, at: DONE },
  { fault: { kind: "keep-alive-spaces", code: "InternalError" }, label: "keep-alive-spaces, then an error" },
  { fault: { kind: "flip-request" } },
  { fault: { kind: "flip-request" }, times: "forever" },
  { fault: { kind: "flip-stored" } },
  ...(["etag", "crc64"] as const).flatMap((kind) =>
    (["wrong", "missing"] as const).flatMap((value): Variant[] => [
      { fault: { kind, value } },
      { fault: { kind, value }, times: "forever" },
    ]),
  ),
  { fault: { kind: "drop-part" } },
  ...(["sizes", "etags", "stale", "page-loop"] as const).map(
    (lie): Variant => ({ fault: { kind: "list-parts", lie }, times: "forever" }),
  ),
  { fault: { kind: "deliver-again" } },
  ...(["abort", "complete"] as const).map((by): Variant => ({ fault: { kind: "end-upload", by } })),
  { fault: { kind: "foreign-part" } },
  { fault: { kind: "foreign-object" } },
  ...[3600, -3600].map((seconds): Variant => ({ fault: { kind: "clock-skew", seconds } })),
  ...[3600, -3600].map((seconds): Variant => ({ fault: { kind: "clock-skew", seconds }, times: "forever" })),
  { fault: { kind: "rotate-credentials", secretId: "AKIDrotated", secretKey: "rotated" } },
];

const SENDS_BODY: readonly OperationName[] = ["PutObject", "UploadPart", "CompleteMultipartUpload"];
const RESPONDS_WITH_DOCUMENT: readonly OperationName[] = [
  "InitiateMultipartUpload",
  "CompleteMultipartUpload",
  "ListParts",
  "CopyObject",
];
/** Every combination that makes sense, in a fixed order. */
export function combinations(): readonly Combination[] {
  return Object.entries(FLOWS).flatMap(([flow, { ops }]) =>
    ops.flatMap((op) =>
      VARIANTS.flatMap((variant) =>
        (variant.at ?? VOCABULARY[variant.fault.kind].moments)
          .filter((moment) => VOCABULARY[variant.fault.kind].moments.includes(moment))
          .filter((moment) => makesSense(op, variant, moment))
          .map((moment) => combination(flow as FlowName, op, variant, moment)),
      ),
    ),
  );
}

function combination(flow: FlowName, op: OperationName, variant: Variant, moment: Moment): Combination {
  const { fault, times } = variant;
  const anyPart = times === "forever" || fault.kind === "stale-connection";
  const match = op === "UploadPart" && !anyPart ? { part: 2 } : {};
  return {
    flow,
    op,
    moment,
    label: `${variant.label ?? labelOf(fault)}${times === "forever" ? ", forever" : ""}`,
    instruction: { op, match, when: whenOf(op, moment), fault, ...(times !== undefined && { times }) },
    stalls: variant.stalls ?? false,
  };
}

export function kindOf(fault: Instruction["fault"]): FaultKind {
  return typeof fault === "string" ? fault : fault.kind;
}

function labelOf({ kind, ...parameters }: Fault): string {
  const values = Object.values(parameters).filter((value) => !String(value).startsWith("http"));
  return kind === "rotate-credentials" ? kind : [kind, ...values].join(" ");
}

function whenOf(op: OperationName, moment: Moment): When {
  if (moment === "after-N-bytes-of-response") {
    // In the head of a response without a body, in the document of the others.
    return `after-${RESPONDS_WITH_DOCUMENT.includes(op) ? 400 : 25}-bytes-of-response`;
  }
  if (moment === "after-N-bytes-of-request") return "after-100-bytes-of-request";
  return moment;
}

function makesSense(op: OperationName, { fault }: Variant, moment: Moment): boolean {
  const { kind }: { kind: FaultKind } = fault;
  const rule = VOCABULARY[kind];
  const isDone = moment === "after-commit-before-response";
  if (rule.ops?.includes(op) === false) return false;
  if (!SENDS_BODY.includes(op) && (moment === "after-N-bytes-of-request" || kind === "slow-read"))
    return false;
  switch (fault.kind) {
    // The client never waits for it.
    case "withhold-continue":
      return false;
    // Before or after that, there is nothing to change.
    case "foreign-part":
      return op === "UploadPart" ? isDone : !(isDone && op === "CompleteMultipartUpload");
    case "end-upload":
      return !(isDone && (op === "CompleteMultipartUpload" || op === "AbortMultipartUpload"));
    case "truncate":
      return RESPONDS_WITH_DOCUMENT.includes(op);
    case "content-length":
      return op === "AbortMultipartUpload"
        ? false
        : fault.delta > 0 || RESPONDS_WITH_DOCUMENT.includes(op) || op === "HeadObject";
    case "body":
      return (
        fault.type === "html" ||
        RESPONDS_WITH_DOCUMENT.includes(op) ||
        (fault.type === "garbage" && SENDS_BODY.includes(op))
      );
    // A read leaves nothing to repeat.
    case "deliver-again":
      return op !== "HeadObject" && op !== "ListParts";
    default:
      return true;
  }
}
