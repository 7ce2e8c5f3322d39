import { signedHeaders } from "../auth/canonical.ts";
import type { Credentials } from "../auth/credentials.ts";
import type { ServerClock } from "../auth/server-clock.ts";
import type { Signer } from "../auth/sign.ts";
import { CosError, TransportError } from "../errors.ts";
import type { Clock, Runtime, WireRequest } from "../runtime.ts";
import type { Answer, Call } from "./call.ts";
import type { Endpoint } from "./endpoint.ts";
import { type BodyWatch, watchedBody } from "./watched-body.ts";

/** What one attempt needs of the client. */
export interface AttemptContext {
  readonly runtime: Runtime;
  readonly clock: Clock;
  readonly serverClock: ServerClock;
  readonly endpoint: Endpoint;
  readonly signer: Signer;
  readonly userAgent: string;
}

export interface AttemptOptions {
  readonly credentials: Credentials;
  readonly backup: boolean;
  readonly freshConnection: boolean;
}

/** An exchange that ended with an answer, successful or not. */
export interface Exchanged extends Answer {
  readonly usedOffsetMs: number;
}

/** COS answers parts and small objects well within this. */
const ANSWER_TIMEOUT_MS = 60_000;
/** A streamed body that gives nothing for so long, while it is waited for, gives nothing more. */
const PIECE_TIMEOUT_MS = 60_000;
/** A body must move at least this fast on average; the lowest TrafficLimit is 100 KB/s. */
const MIN_BYTES_PER_MS = 32 * 1.024;

/**
 * Signs and sends a call once. Signing happens here, after every queue, because the time is in the signature.
 * @throws {TransportError} no whole answer; the caller's own reason when its signal aborted
 */
export async function attempt(
  context: AttemptContext,
  call: Call,
  options: AttemptOptions,
): Promise<Exchanged> {
  const usedOffsetMs = context.serverClock.offsetMs;
  const request = await signedRequest(context, call, options);
  call.signal?.throwIfAborted();
  const deadline = startDeadline(context.clock, call);
  let handedOver = false;
  try {
    const response = await context.runtime.send({ ...request, signal: deadline.signal });
    if (call.streamed && response.status < 300) {
      const body = response.body === null ? null : watchedBody(response.body, deadline);
      // A streamed body is still being read: until it is over, the caller's abort must reach it.
      handedOver = body !== null;
      return { status: response.status, headers: response.headers, text: "", body, usedOffsetMs };
    }
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: null, usedOffsetMs };
  } catch (cause) {
    if (call.signal?.aborted) throw call.signal.reason;
    if (deadline.signal.aborted) throw deadline.signal.reason;
    throw cause instanceof CosError ? cause : transportError(context.runtime, call, cause);
  } finally {
    deadline.cancel();
    if (!handedOver) deadline.release();
  }
}

async function signedRequest(
  context: AttemptContext,
  call: Call,
  options: AttemptOptions,
): Promise<Omit<WireRequest, "signal">> {
  const { credentials } = options;
  const address = context.endpoint.address(call.Bucket, call.Key, call.query, options.backup);
  const headers: Record<string, string> = { ...call.headers };
  if (credentials.Token) headers["x-cos-security-token"] = credentials.Token;
  headers.authorization = await context.signer.authorization(credentials, {
    method: call.method,
    pathname: address.pathname,
    query: call.query,
    // Host is signed but never set: fetch derives it from the URL, and forbids it as a header.
    headers: [...signedHeaders(headers), ["host", address.host]],
    keyTime: context.serverClock.keyTime(),
  });
  headers["user-agent"] = context.userAgent;
  return {
    method: call.method,
    url: address.url,
    headers,
    body: call.body,
    freshConnection: options.freshConnection,
  };
}

interface Deadline extends BodyWatch {
  /** The answer is there in time. */
  cancel(): void;
}

/** One signal for the caller's abort and for the deadlines. */
function startDeadline(clock: Clock, call: Call): Deadline {
  const controller = new AbortController();
  const within = (limitMs: number, missing: string): (() => void) =>
    clock.timer(limitMs, () => {
      const text = `${call.operation}: ${missing} within ${Math.round(limitMs / 1000)} s`;
      controller.abort(new TransportError(text, "timeout"));
    });
  const limitMs = (call.answerTimeoutMs ?? ANSWER_TIMEOUT_MS) + (call.body?.length ?? 0) / MIN_BYTES_PER_MS;
  const onAbort = (): void => controller.abort(call.signal?.reason);
  call.signal?.addEventListener("abort", onAbort, { once: true });
  return {
    signal: controller.signal,
    cancel: within(limitMs, "no answer"),
    expectPiece: () => within(PIECE_TIMEOUT_MS, "no more of the body"),
    release: () => call.signal?.removeEventListener("abort", onAbort),
  };
}

function transportError(runtime: Runtime, call: Call, cause: unknown): TransportError {
  const failure = runtime.transportError(cause);
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new TransportError(`${call.operation}: ${failure} failure: ${detail}`, failure, cause);
}
