import type { Random } from "../../../packages/core/test/support/random.ts";
import type { Operation } from "./operation.ts";
import { pick } from "./pick.ts";

/** The fate of one request. All but `none` and `slow` are faults that a client must repair or report. */
export type Fate =
  | { readonly kind: "none" }
  /** Delayed; beyond a minute the client has given up by then. */
  | { readonly kind: "slow"; readonly ms: number }
  /** The request never reaches the service. */
  | { readonly kind: "connect" | "reset" | "black-hole" }
  /** Refused before anything happened. */
  | { readonly kind: "status"; readonly status: number; readonly code: string; readonly retryAfter?: string }
  /** A proxy responds in place of COS. */
  | { readonly kind: "foreign"; readonly status: number }
  /** A 200 with an error document: Complete and Copy send the status line before they have done their work. */
  | { readonly kind: "late-error" }
  /** One bit of the body changes in transit. */
  | { readonly kind: "flipped"; readonly at: number }
  /** The response's CRC64 header is wrong. */
  | { readonly kind: "wrong-crc" }
  /** The service carries out the request, and the response is lost. */
  | { readonly kind: "lost-reset" | "lost-silence" | "lost-torn" | "lost-gateway" | "lost-unavailable" };

export type FateKind = Fate["kind"];

/** Shares of all exchanges. */
export interface Rates {
  readonly error: number;
  readonly throttle: number;
  readonly slow: number;
  readonly corrupt: number;
  readonly lost: number;
}

export const HEAVY: Rates = { error: 0.15, throttle: 0.2, slow: 0.1, corrupt: 0.005, lost: 0.05 };
/** Many responses are lost, so that the client has to find out what was carried out. */
export const DOUBTFUL: Rates = { error: 0.1, throttle: 0.03, slow: 0.03, corrupt: 0.005, lost: 0.25 };
export const CALM: Rates = { error: 0, throttle: 0, slow: 0, corrupt: 0, lost: 0 };

const WITH_BODY: ReadonlySet<Operation> = new Set(["Put", "UploadPart", "Append", "Complete"]);
const WITH_CRC: ReadonlySet<Operation> = new Set([
  "Put",
  "UploadPart",
  "CopyPart",
  "Complete",
  "Head",
  "Get",
]);
const WITH_LATE_ERROR: ReadonlySet<Operation> = new Set(["Complete", "Copy", "CopyPart"]);
const NONE: Fate = { kind: "none" };

/** The fate of an exchange, by the rates. */
export function drawFate(random: Random, operation: Operation, rates: Rates): Fate {
  let rest = random.next();
  const falls = (share: number): boolean => {
    rest -= share;
    return rest < 0;
  };
  if (falls(rates.error)) return drawError(random, operation);
  if (falls(rates.throttle)) return drawThrottle(random);
  if (falls(rates.slow)) return { kind: "slow", ms: random.between(100, 90_000) };
  if (falls(rates.corrupt)) return drawCorruption(random, operation);
  if (falls(rates.lost)) {
    const kinds = ["lost-reset", "lost-silence", "lost-torn", "lost-gateway", "lost-unavailable"] as const;
    return { kind: pick(random, kinds) };
  }
  return NONE;
}

function drawError(random: Random, operation: Operation): Fate {
  const kinds = ["500", "503", "502", "reset", "connect", "black-hole", "garbage", "late"] as const;
  switch (pick(random, kinds)) {
    case "500":
      return { kind: "status", status: 500, code: "InternalError" };
    case "503":
      return { kind: "status", status: 503, code: "ServiceUnavailable" };
    case "502":
      return { kind: "foreign", status: pick(random, [502, 504]) };
    case "garbage":
      return { kind: "foreign", status: 200 };
    case "connect":
      return { kind: "connect" };
    case "black-hole":
      return { kind: "black-hole" };
    case "late":
      return WITH_LATE_ERROR.has(operation) ? { kind: "late-error" } : { kind: "reset" };
    default:
      return { kind: "reset" };
  }
}

function drawThrottle(random: Random): Fate {
  const status = pick(random, [429, 503]);
  const retryAfter = pick(random, [
    undefined,
    undefined,
    "1",
    "3",
    "86400",
    "Thu, 01 Jan 2099 00:00:00 GMT",
    "soon",
  ]);
  return { kind: "status", status, code: "SlowDown", ...(retryAfter !== undefined && { retryAfter }) };
}

function drawCorruption(random: Random, operation: Operation): Fate {
  const flip = WITH_BODY.has(operation) && (!WITH_CRC.has(operation) || random.next() < 0.5);
  if (flip) return { kind: "flipped", at: random.next() };
  return WITH_CRC.has(operation) ? { kind: "wrong-crc" } : NONE;
}
