import type { CredentialCache, Credentials } from "../auth/credentials.ts";
import { type CosError, ServiceError, TransportError } from "../errors.ts";
import type { AttemptContext, AttemptResponse } from "./attempt.ts";
import { backoffMs, parseRetryAfter } from "./backoff.ts";
import type { Observer } from "./observer.ts";
import { canSendAgain } from "./outcome.ts";
import type { Limits } from "./request-limits.ts";
import type { RequestQueue } from "./request-queue.ts";
import type { RequestSpec } from "./request-spec.ts";
import type { RetryBudget } from "./retry-budget.ts";
import { serverTime } from "./service-error.ts";

/** What a request with its retries needs of the client. */
export interface RetryContext extends AttemptContext, Limits {
  readonly observer: Observer;
  readonly credentials: CredentialCache;
  readonly budget: RetryBudget;
  readonly queue: RequestQueue;
  readonly backupDomain: boolean;
}

/** What the attempts of one request have used up so far. */
export interface RetryState {
  /** The number of the attempt, from 1. */
  attempt: number;
  /** Tokens of the retry budget. */
  spent: number;
  /** The credentials that COS last refused as expired. */
  stale: Credentials | undefined;
  clockCorrected: boolean;
  /** A reset connection was replaced at once, without a wait. */
  resetOnce: boolean;
  /** Whether the next attempt goes to the backup domain. */
  backup: boolean;
  /** Times a response that did not come from COS made it change the domain. */
  hostSwitches: number;
  /** Whether the next attempt must not use a pooled connection. */
  freshConnection: boolean;
}

export function newRetryState(): RetryState {
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

/** An attempt that failed; `response` is undefined when there was none. */
export interface FailedAttempt {
  readonly failure: CosError;
  readonly response: AttemptResponse | undefined;
  readonly credentials: Credentials;
}

/** Milliseconds until the next attempt, or undefined when there is none. */
export function nextDelay(
  context: RetryContext,
  spec: RequestSpec,
  state: RetryState,
  failed: FailedAttempt,
): number | undefined {
  const { failure, response } = failed;
  if (correctAndRetry(context, spec, state, failed)) return 0;
  const switching = switchesHost(context, state, failed);
  if (!(failure.retryable || switching)) return undefined;
  if (!canSendAgain(failure, spec.idempotent)) return undefined;
  if (state.attempt >= context.maxAttempts) return undefined;
  if (switching) state.backup = !state.backup;
  if (switching && response !== undefined) state.hostSwitches += 1;
  if (failure instanceof TransportError && failure.failure === "reset") {
    state.freshConnection = true;
    // The server may have closed a pooled socket: try once more on a new one, without a wait and at no cost.
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

/** Corrects the clock (once per request) or gets new credentials; true when the request can then be sent again. */
function correctAndRetry(
  context: RetryContext,
  spec: RequestSpec,
  state: RetryState,
  { failure, response, credentials }: FailedAttempt,
): boolean {
  if (!(failure instanceof ServiceError) || response === undefined) return false;
  // A refused HEAD has no document that could say why, but its Date header shows whether the clock is wrong.
  const hasNoErrorBody = spec.method === "HEAD" && failure.status === 403 && failure.requestId !== undefined;
  if ((failure.code === "clock-skewed" || hasNoErrorBody) && !state.clockCorrected) {
    state.clockCorrected = true;
    return context.serverClock.correct(
      serverTime(response.headers, response.document()),
      response.usedOffsetMs,
    );
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
 * New credentials may have expired, too, by the time this request is sent, so they may be refreshed several times; but a
 * provider that returns the same ones again has no better ones.
 */
function mayRefresh(context: RetryContext, state: RetryState, credentials: Credentials): boolean {
  const before = state.stale;
  if (before === undefined) return true;
  const same = before.SecretId === credentials.SecretId && before.Token === credentials.Token;
  return !same && state.attempt < context.maxAttempts;
}

/**
 * A response without `x-cos-request-id` was produced by a proxy, not by COS, so the next attempt uses the other domain.
 * At most twice per request (to the backup and back): if both hosts refuse, the refusal is genuine.
 */
function switchesHost(
  context: RetryContext,
  state: RetryState,
  { failure, response }: FailedAttempt,
): boolean {
  if (!context.backupDomain || !context.endpoint.hasBackup) return false;
  if (failure instanceof TransportError) return failure.failure === "connect" && failure.retryable;
  // The proxy asks for its credentials on the other domain, too.
  if (response === undefined || response.status === 407) return false;
  return response.headers.get("x-cos-request-id") === null && state.hostSwitches < 2;
}
