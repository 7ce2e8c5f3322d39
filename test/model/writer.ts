import type { EarlierAppends } from "../../packages/core/src/transfers/append-outcome.ts";
import type { HeaderSet, Reply, Request } from "./cos.ts";
import type { Decisions } from "./decisions.ts";
import { FAILURES, type FailureName } from "./network.ts";

/** What a call is given. */
export interface Task {
  readonly kind: "put" | "multipart" | "append";
  readonly headers: HeaderSet;
  /** What a call after the first asks for. */
  readonly laterHeaders: HeaderSet;
  readonly forbid: boolean;
  readonly checkpoints: boolean;
}
export interface Checkpoint {
  readonly id: string;
  readonly headers: HeaderSet;
  /** Parts whose CRC64 it holds. */
  readonly parts: string;
}

/** One call of our protocol: plain data with every field that a later decision depends on. */
export interface Writer {
  readonly call: string;
  readonly headers: HeaderSet;
  readonly at:
    | "put"
    | "check-put"
    | "initiate"
    | "save"
    | "part"
    | "complete"
    | "list"
    | "head"
    | "abort"
    | "discard"
    | "resume-list"
    | "resume-head"
    | "append"
    | "append-head"
    | "append-read"
    | "end";
  readonly attempt: number;
  /** Rounds of Complete or Append, sends of Initiate or of a PUT. */
  readonly round: number;
  /** Number of the part, or of the piece that is appended. */
  readonly part: number;
  readonly id: string;
  /** Uploads that the call began or went on with. */
  readonly mine: readonly string[];
  readonly stored: string;
  readonly doubtful: boolean;
  /** Whether a PUT of this call was confirmed. */
  readonly confirmed: boolean;
  /** The outcomes of earlier appends of the piece. */
  readonly earlier: EarlierAppends;
  /** Whether the failure is the result when the check finds nothing. */
  readonly final: boolean;
  readonly kept: boolean;
  readonly open: boolean | null;
  readonly length: number;
  readonly failure: FailureName | null;
  readonly verdict: "confirmed" | "found" | FailureName | null;
}

/** The side effects of a call: its checkpoint and its warnings. */
export interface Effects {
  readonly checkpoint?: Checkpoint | null;
  readonly warnOf?: string;
}
export type Step = readonly [Writer, Effects?];
export type Outcome =
  | { readonly reply: Exclude<Reply, { refused: string }> }
  | { readonly failure: FailureName };

/** A protocol: its next request, and its decision after the outcome. */
export interface Protocol {
  request(task: Task, writer: Writer): Request | undefined;
  receive(task: Task, decisions: Decisions, writer: Writer, outcome: Outcome, saved: Checkpoint | null): Step;
}

export function newWriter(call: string, headers: HeaderSet, at: Writer["at"]): Writer {
  return {
    call,
    headers,
    at,
    attempt: 1,
    round: 1,
    part: 1,
    id: "",
    mine: [call],
    stored: "--",
    doubtful: false,
    confirmed: false,
    earlier: "none",
    final: false,
    kept: false,
    open: null,
    length: 0,
    failure: null,
    verdict: null,
  };
}

export function go(writer: Writer, at: Writer["at"], changes: Partial<Writer> = {}): Writer {
  return { ...writer, at, attempt: 1, ...changes };
}

/** The end of a call. Drops all state that no invariant needs. */
export function end(writer: Writer, verdict: NonNullable<Writer["verdict"]>): Writer {
  const { call, headers, part, mine, kept } = writer;
  return { ...newWriter(call, headers, "end"), part, mine, kept, verdict };
}

/** Whether the attempt is repeated by the transport, as `sendWithRetry` does it. */
export function isSentAgain(
  decisions: Decisions,
  writer: Writer,
  failure: FailureName,
  idempotent: boolean,
): boolean {
  const error = FAILURES[failure];
  // A proxy's response makes the next attempt use the backup domain.
  const switching = failure.endsWith("of a proxy");
  if (writer.attempt >= decisions.limits.attempts || !(error.retryable || switching)) return false;
  return decisions.canSendAgain(error, idempotent);
}
