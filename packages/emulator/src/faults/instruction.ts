import type { OperationName } from "../request/operation.ts";

/** The moments of a request at which a fault can happen, in order. */
export const MOMENTS = [
  /** The head of the request has arrived, nothing is verified, and no `100 Continue` is sent. */
  "before-accept",
  /** Address, signature and headers are accepted; no byte of the body is read. */
  "before-headers",
  /** N bytes of the body are read. Write the number: `after-1024-bytes-of-request`. */
  "after-N-bytes-of-request",
  /** The body is read to its end; nothing is stored. */
  "after-body-before-commit",
  /** The operation has succeeded; nothing of the response is written. */
  "after-commit-before-response",
  /** N bytes of the response, head included, are written. Write the number. */
  "after-N-bytes-of-response",
] as const;

export type Moment = (typeof MOMENTS)[number];

/** The `when` of an instruction: a moment, with the number in place of N. */
export type When =
  | Exclude<Moment, `after-N-${string}`>
  | `after-${number}-bytes-of-request`
  | `after-${number}-bytes-of-response`;

/** A refusal, and the form of its response. */
export interface StatusFault {
  readonly kind: "status";
  /** HTTP status. Default: the one that COS sends with `code`. */
  readonly status?: number;
  /** COS's error code. Default: one that fits the status. */
  readonly code?: string;
  readonly message?: string;
  /** False leaves out `x-cos-request-id`, as a proxy would. Default true. */
  readonly requestId?: boolean;
  /** `xml`, the default, is COS's error document. */
  readonly body?: "xml" | "empty" | "html";
  /** `Retry-After`: seconds, or any text. */
  readonly retryAfter?: number | string;
  /** `Retry-After` as a date this many seconds from now. */
  readonly retryAfterDate?: number;
}

/**
 * What goes wrong. docs/faults.md has an example of each kind. Carried out by `interrupt.ts` (the connection, refusals),
 * `change-response.ts` and `change-store.ts`.
 */
export type Fault =
  | { readonly kind: "reset" | "fin" | "silence" | "stop-reading" | "stale-connection" | "slice" }
  | { readonly kind: "slow-read"; readonly bytesPerSecond: number }
  | { readonly kind: "delay"; readonly ms: number }
  | StatusFault
  | { readonly kind: "deny" }
  | { readonly kind: "redirect"; readonly location: string; readonly status?: number }
  | { readonly kind: "withhold-continue" }
  | { readonly kind: "truncate"; readonly bytes: number }
  | { readonly kind: "content-length"; readonly delta: number }
  | { readonly kind: "flip-response"; readonly at?: number }
  | { readonly kind: "body"; readonly type: "garbage" | "html" | "gzip" | "empty" }
  | { readonly kind: "late-error"; readonly code?: string }
  | {
      readonly kind: "keep-alive-spaces";
      readonly count?: number;
      readonly everyMs?: number;
      readonly code?: string;
    }
  | { readonly kind: "flip-request" | "flip-stored" | "drop-part" | "foreign-object" }
  | { readonly kind: "etag" | "crc64"; readonly value: "wrong" | "missing" }
  | { readonly kind: "list-parts"; readonly lie: "sizes" | "etags" | "stale" | "page-loop" }
  | { readonly kind: "deliver-again"; readonly afterMs?: number; readonly afterOp?: OperationName }
  | { readonly kind: "end-upload"; readonly by: "abort" | "complete" }
  | { readonly kind: "foreign-part"; readonly part?: number }
  | { readonly kind: "clock-skew"; readonly seconds: number }
  | {
      readonly kind: "rotate-credentials";
      readonly secretId: string;
      readonly secretKey: string;
      readonly token?: string;
    };

export type FaultKind = Fault["kind"];

/** Which requests of an operation an instruction applies to. */
export interface Match {
  /** The object key; `*` stands for any characters, `?` for one. */
  readonly key?: string;
  /** The part number. */
  readonly part?: number;
  /** The first request that it applies to, counted from 1 among those that match. Default 1. */
  readonly nth?: number;
}

/** One line of a fault script. */
export interface Instruction {
  readonly op: OperationName | "*";
  readonly match?: Match;
  readonly when: When;
  /** The name alone for a fault without parameters. */
  readonly fault: Fault | FaultKind;
  /** How many requests it applies to. Default 1. */
  readonly times?: number | "forever";
}

/** An instruction after validation: every default filled in. */
export interface Rule {
  readonly instruction: Instruction;
  readonly op: OperationName | "*";
  readonly match: Match;
  readonly moment: Moment;
  /** The N of the two moments that count bytes. */
  readonly bytes: number;
  readonly fault: Fault;
  readonly times: number;
}
