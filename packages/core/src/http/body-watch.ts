import type { WireResponse } from "../runtime/wire.ts";
import type { CheckBody } from "./body-check.ts";
import type { Pacer } from "./pacer.ts";

/** What a body that the caller reads is watched by. */
export interface BodyWatch {
  /** Ends the reading, with its reason. */
  readonly signal: AbortSignal;
  /** Starts the timer of the next chunk, after which the signal aborts; the returned function stops the timer. */
  expectChunk(): () => void;
  /** The body was read to its end, broke, or was cancelled. */
  release(): void;
}

/** What an attempt gives to the body of its response, which outlives it. */
export interface StreamedAttempt {
  readonly watch: BodyWatch;
  readonly check: CheckBody | undefined;
  readonly pacer: Pacer | undefined;
  /** Makes the error that the reader receives from what broke the body. */
  failureOf(cause: unknown): unknown;
}

/** Makes what the caller reads of a response; null: it has no body. */
export type StreamBody = (
  response: WireResponse,
  attempt: StreamedAttempt,
) => ReadableStream<Uint8Array> | null;
