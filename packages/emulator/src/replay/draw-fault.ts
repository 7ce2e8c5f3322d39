import type { Fault, When } from "../faults/instruction.ts";
import type { Random } from "./random.ts";
import { DEFAULT_RATES, type FaultRates } from "./replay-options.ts";

/** A fault of a schedule. */
export interface DrawnFault {
  readonly when: When;
  readonly fault: Fault;
}

/** What a schedule asks of a request besides its id. */
export interface Drawing {
  readonly operation: string;
  /** The Content-Length of the request; 0 without one. */
  readonly bodyBytes: number;
}

const WITH_BODY: ReadonlySet<string> = new Set(["PutObject", "UploadPart", "AppendObject"]);
const WITH_CRC64: ReadonlySet<string> = new Set([
  ...WITH_BODY,
  "CompleteMultipartUpload",
  "CopyObject",
  "UploadPartCopy",
  "HeadObject",
  "GetObject",
]);
const WITH_LATE_ERROR: ReadonlySet<string> = new Set([
  "CompleteMultipartUpload",
  "CopyObject",
  "UploadPartCopy",
]);
const MAX_DELAY_MS = 2000;

/**
 * The fault of a request, if it has one. Any change here changes what every seed stands for: a test holds the schedules of
 * some.
 */
export function drawFault(random: Random, drawing: Drawing, given: FaultRates = {}): DrawnFault | undefined {
  const rates = { ...DEFAULT_RATES, ...given };
  let rest = random.next();
  const falls = (share: number): boolean => {
    rest -= share;
    return rest < 0;
  };
  if (falls(rates.error)) return drawError(random, drawing);
  if (falls(rates.throttle)) return drawThrottle(random);
  if (falls(rates.slow)) return drawDelay(random);
  if (falls(rates.corrupt)) return drawCorruption(random, drawing);
  if (falls(rates.lost)) return drawLoss(random);
  if (falls(rates.silence)) {
    const when = random.pick(["before-headers", "after-commit-before-response"]);
    return { when, fault: { kind: "silence" } };
  }
  return undefined;
}

const before = (fault: Fault): DrawnFault => ({ when: "before-headers", fault });
const after = (fault: Fault): DrawnFault => ({ when: "after-commit-before-response", fault });
const gateway = (status: number): Fault => ({ kind: "status", status, requestId: false, body: "html" });

function drawError(random: Random, { operation, bodyBytes }: Drawing): DrawnFault {
  switch (random.pick(["500", "503", "gateway", "portal", "reset", "stale", "late"])) {
    case "500":
      return before({ kind: "status", status: 500, code: "InternalError" });
    case "503":
      return before({ kind: "status", status: 503, code: "ServiceUnavailable" });
    case "gateway":
      return before(gateway(random.pick([502, 504])));
    case "portal":
      return before(gateway(200));
    case "stale":
      return { when: "before-accept", fault: { kind: "stale-connection" } };
    case "late":
      if (WITH_LATE_ERROR.has(operation)) {
        return { when: "after-body-before-commit", fault: { kind: "late-error" } };
      }
      return before({ kind: "reset" });
    default: {
      const at = Math.floor(random.next() * bodyBytes);
      if (bodyBytes === 0) return before({ kind: "reset" });
      return { when: `after-${at}-bytes-of-request`, fault: { kind: "reset" } };
    }
  }
}

function drawThrottle(random: Random): DrawnFault {
  const status = random.pick([503, 429]);
  const retryAfter = random.pick([undefined, undefined, 1, "soon"]);
  return before({
    kind: "status",
    status,
    code: "SlowDown",
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}

function drawDelay(random: Random): DrawnFault {
  const fault = { kind: "delay", ms: random.between(50, MAX_DELAY_MS) } as const;
  return random.next() < 0.5 ? before(fault) : after(fault);
}

function drawCorruption(random: Random, { operation, bodyBytes }: Drawing): DrawnFault | undefined {
  const at = Math.floor(random.next() * bodyBytes);
  if (WITH_BODY.has(operation) && bodyBytes > 0 && random.next() < 0.5) {
    return { when: `after-${at}-bytes-of-request`, fault: { kind: "flip-request" } };
  }
  if (operation === "GetObject" && random.next() < 0.5) return after({ kind: "flip-response" });
  return WITH_CRC64.has(operation) ? after({ kind: "crc64", value: "wrong" }) : undefined;
}

function drawLoss(random: Random): DrawnFault {
  switch (random.pick(["reset", "fin", "torn", "gateway", "unavailable"])) {
    case "fin":
      return after({ kind: "fin" });
    case "torn":
      return { when: `after-${random.between(1, 300)}-bytes-of-response`, fault: { kind: "reset" } };
    case "gateway":
      return after(gateway(504));
    case "unavailable":
      return after({ kind: "status", status: 503, code: "ServiceUnavailable" });
    default:
      return after({ kind: "reset" });
  }
}
