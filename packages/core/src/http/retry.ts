import { raceAbort } from "../abort/race-abort.ts";
import type { CredentialCache, Credentials } from "../auth/credentials.ts";
import { type CosError, ServiceError, TransportError } from "../errors.ts";
import { sleep } from "../runtime/clock.ts";
import { type AttemptContext, attempt, type Exchanged } from "./attempt.ts";
import { backoffMs, parseRetryAfter } from "./backoff.ts";
import { canSendAgain } from "./outcome.ts";
import type { RequestQueue } from "./request-queue.ts";
import type { CosResponse, RequestSpec } from "./request-spec.ts";
import type { RetryBudget } from "./retry-budget.ts";
import { serverTime, serviceError } from "./service-error.ts";

export interface RetryContext extends AttemptContext {
  readonly credentials: CredentialCache;
  readonly budget: RetryBudget;
  readonly queue: RequestQueue;
  /** Attempts of one call, the first included. */
  readonly maxAttempts: number;
  readonly backupDomain: boolean;
}

/** What the attempts of one call have used up so far. */
interface RetryState {
  attempt: number;
  spent: number;
  /** The credentials that COS last called stale. */
  stale: Credentials | undefined;
  clockCorrected: boolean;
  resetOnce: boolean;
  backup: boolean;
  /** Times a foreign response made it change the host. */
  hostSwitches: number;
  freshConnection: boolean;
}

function newState(): RetryState {
  return {
    attempt: 1,
    spent: 0,
    stale: undefined,
    clockCorrected: false,
    resetOnce: false,
    backup: false,
    hostSwitches: 0,
    freshConnection: false,
  };
}

/**
 * Sends a call until it succeeds, must not be repeated, or the attempts or the retry budget are used up.
 * @throws {ServiceError} COS refused
 * @throws {TransportError} no response
 */
export async function sendWithRetry(context: RetryContext, spec: RequestSpec): Promise<CosResponse> {
  const state = newState();
  for (;;) {
    spec.signal?.throwIfAborted();
    const turn = context.queue.enter(spec.body === undefined, spec.signal);
    if (turn !== undefined) await turn;
    let failure: CosError;
    let response: Exchanged | undefined;
    let credentials: Credentials | undefined;
    try {
      const given = context.credentials.get();
      credentials = given instanceof Promise ? await raceAbort(given, spec.signal) : given;
      response = await attempt(context, spec, credentials, state);
      if (response.status >= 200 && response.status < 300) {
        spec.validateResponse?.(response);
        context.budget.succeed(state.spent);
        return response;
      }
      failure = serviceError(describe(spec), response.status, response.headers, response.text);
    } catch (error) {
      // An aborted call throws its signal's reason, which can be the TransportError of a part beside it.
      const isOurs = error instanceof TransportError || error instanceof ServiceError;
      if (credentials === undefined || spec.signal?.aborted || !isOurs) throw error;
      if (error instanceof TransportError) error.attempts = state.attempt;
      // A streamed response that was found wanting still holds its connection.
      await response?.body?.cancel();
      failure = error;
    } finally {
      context.queue.leave();
    }
    const delayMs = nextDelay(context, spec, state, failure, response, credentials);
    if (delayMs === undefined) {
      if (failure.code === "credentials-expired") failure.hint ??= context.credentials.hint;
      throw failure;
    }
    spec.onRetry?.(failure);
    if (delayMs > 0) await sleep(context.clock, delayMs, spec.signal);
    state.attempt += 1;
  }
}

/** Milliseconds until the next attempt, or undefined when there is none. */
function nextDelay(
  context: RetryContext,
  spec: RequestSpec,
  state: RetryState,
  failure: CosError,
  response: Exchanged | undefined,
  credentials: Credentials,
): number | undefined {
  if (failure instanceof ServiceError && response !== undefined) {
    if (correctAndRetry(context, spec, state, failure, response, credentials)) return 0;
  }
  const switching = switchesHost(context, state, failure, response);
  if (!(failure.retryable || switching)) return undefined;
  if (!canSendAgain(failure, spec.idempotent)) return undefined;
  if (state.attempt >= context.maxAttempts) return undefined;
  if (switching) state.backup = !state.backup;
  if (switching && response !== undefined) state.hostSwitches += 1;
  if (failure instanceof TransportError && failure.failure === "reset") {
    state.freshConnection = true;
    // A pooled socket that the server had closed costs nothing: once, at once, on a new one.
    if (!state.resetOnce) {
      state.resetOnce = true;
      return 0;
    }
  }
  const cost = context.budget.take(failure.code === "timeout");
  if (cost === 0) return undefined;
  state.spent += cost;
  const retryAfterMs = parseRetryAfter(
    response?.headers.get("retry-after") ?? null,
    context.serverClock.now(),
  );
  return backoffMs(state.attempt, retryAfterMs, context.clock.random);
}

/** Refusals that a correction of ours mends: the clock, once per call, or expired credentials. */
function correctAndRetry(
  context: RetryContext,
  spec: RequestSpec,
  state: RetryState,
  failure: ServiceError,
  response: Exchanged,
  credentials: Credentials,
): boolean {
  // A refused HEAD has no document that could say why, but its Date tells whether the clock can be the reason.
  const hasNoErrorBody = spec.method === "HEAD" && failure.status === 403 && failure.requestId !== undefined;
  if ((failure.code === "clock-skewed" || hasNoErrorBody) && !state.clockCorrected) {
    state.clockCorrected = true;
    return context.serverClock.correct(serverTime(response.headers, response.text), response.usedOffsetMs);
  }
  const stale = failure.code === "credentials-expired" || failure.cosCode === "InvalidAccessKeyId";
  if (stale && context.credentials.refreshable && mayRefresh(context, state, credentials)) {
    state.stale = credentials;
    context.credentials.invalidate(credentials);
    return true;
  }
  return false;
}

/**
 * Credentials that run out while others use them up may be stale again by the time this call gets its turn; a provider
 * that gives the same ones again has no better.
 */
function mayRefresh(context: RetryContext, state: RetryState, credentials: Credentials): boolean {
  const before = state.stale;
  if (before === undefined) return true;
  const same = before.SecretId === credentials.SecretId && before.Token === credentials.Token;
  return !same && state.attempt < context.maxAttempts;
}

/** A response that lacks x-cos-request-id came from something between us and COS; the backup domain goes around it. */
function switchesHost(
  context: RetryContext,
  state: RetryState,
  failure: CosError,
  response: Exchanged | undefined,
): boolean {
  if (!context.backupDomain || !context.endpoint.hasBackup) return false;
  if (failure instanceof TransportError) return failure.failure === "connect" && failure.retryable;
  // The proxy asks for its credentials, whichever the host.
  if (response?.status === 407) return false;
  // Not more than there and back: a refusal that both hosts give is real.
  return (
    response !== undefined && response.headers.get("x-cos-request-id") === null && state.hostSwitches < 2
  );
}

function describe(spec: RequestSpec): string {
  return spec.Key === "" ? `${spec.operation} on ${spec.Bucket}` : `${spec.operation} of ${spec.Key}`;
}
