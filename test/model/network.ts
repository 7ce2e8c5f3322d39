import { CosError, IntegrityError, TransportError } from "../../packages/core/src/errors.ts";
import { serviceError } from "../../packages/core/src/http/service-error.ts";
import { outcomeUnknown } from "../../packages/core/src/upload/resolve-complete.ts";
import type { Request } from "./cos.ts";

/** Every failure that a request can end in, as core reports it. */
export const FAILURES = {
  timeout: new TransportError("no response", "timeout"),
  connect: new TransportError("no connection", "connect"),
  SlowDown: fromCos(503, "SlowDown"),
  ServiceUnavailable: fromCos(503, "ServiceUnavailable"),
  "502 of a proxy": serviceError("request", 502, new Headers(), undefined),
  "403 of a proxy": serviceError("request", 403, new Headers(), undefined),
  AccessDenied: fromCos(403, "AccessDenied"),
  NoSuchUpload: fromCos(404, "NoSuchUpload"),
  UploadConflict: fromCos(409, "UploadConflict"),
  FileAlreadyExists: fromCos(409, "FileAlreadyExists"),
  AppendPositionErr: fromCos(409, "AppendPositionErr"),
  InvalidPart: fromCos(400, "InvalidPart"),
  "wrong CRC64": new IntegrityError("the object's digest differs", { expected: "1", actual: "2" }),
  "outcome-unknown": outcomeUnknown("nobody can tell", undefined),
  conflict: new CosError("another append was stored", { code: "conflict", retryable: false }),
} satisfies Record<string, CosError>;

export type FailureName = keyof typeof FAILURES;

/** The effect of a request under a fault, and the outcome that its sender sees. */
export interface Fault {
  /** `late`: COS carries it out at any later step, or never. */
  readonly effect: "none" | "done" | "late";
  readonly failure: FailureName;
}

const LOST: readonly Fault[] = [
  { effect: "none", failure: "timeout" },
  { effect: "done", failure: "timeout" },
  { effect: "late", failure: "timeout" },
];
const WRITE: readonly Fault[] = [
  ...LOST,
  { effect: "none", failure: "connect" },
  { effect: "none", failure: "SlowDown" },
  { effect: "none", failure: "ServiceUnavailable" },
  { effect: "done", failure: "ServiceUnavailable" },
  { effect: "none", failure: "502 of a proxy" },
  { effect: "done", failure: "502 of a proxy" },
  { effect: "done", failure: "403 of a proxy" },
];
/** Of a read only its failure counts: after all its attempts, or because it is not permitted. */
const READ: readonly Fault[] = [
  { effect: "none", failure: "timeout" },
  { effect: "none", failure: "AccessDenied" },
];

/** The faults that a request can meet. `late` are the requests that COS has not carried out yet. */
export function faultsOf(request: Request, late: readonly Request[]): readonly Fault[] {
  switch (request.op) {
    case "head":
    case "read":
    case "list":
      return READ;
    // Repeating these changes nothing, so only a late execution matters.
    case "part":
    case "abort":
      return LOST;
    case "put":
      return [...WRITE, { effect: "done", failure: "wrong CRC64" }];
    case "complete":
      return late.some(({ op }) => op === "complete")
        ? [...WRITE, { effect: "none", failure: "UploadConflict" }]
        : WRITE;
    default:
      return WRITE;
  }
}

function fromCos(status: number, code: string): CosError {
  const headers = new Headers({ "x-cos-request-id": "id" });
  return serviceError("request", status, headers, { root: "Error", element: { Code: code } });
}
