import { ServiceError, TransportError } from "../errors.ts";
import { sleep } from "../runtime/clock.ts";
import { type AttemptResponse, attempt } from "./attempt.ts";
import type { Observed } from "./observer.ts";
import type { CosResponse, RequestSpec } from "./request-spec.ts";
import {
  type FailedAttempt,
  newRetryState,
  nextDelay,
  type RetryContext,
  type RetryState,
} from "./retry-decision.ts";
import { refusedBytes, serviceError } from "./service-error.ts";

export type { RetryContext };

/**
 * Sends a request until it succeeds, must not be sent again, or the attempts or the retry budget are used up.
 * @throws {ServiceError} COS refused
 * @throws {TransportError} no response
 */
export async function sendWithRetry(context: RetryContext, spec: RequestSpec): Promise<CosResponse> {
  const state = newRetryState();
  for (;;) {
    spec.signal?.throwIfAborted();
    const turn = context.queue.enter(spec.body === undefined, spec.signal);
    if (turn !== undefined) await turn;
    let failed: FailedAttempt & Watched;
    try {
      const ended = await tryOnce(context, spec, state);
      if (!("failure" in ended)) return ended;
      failed = ended;
    } finally {
      context.queue.leave();
    }
    const { failure, event } = failed;
    const delayMs = nextDelay(context, spec, state, failed);
    if (delayMs === undefined) {
      if (failure.code === "credentials-expired") failure.hint ??= context.credentials.hint;
      throw refusedBytes(failure, spec.headers["content-md5"]);
    }
    if (event !== undefined) context.observer.retries(event, delayMs);
    spec.onRetry?.(failure);
    await sleep(context.clock, delayMs, spec.signal);
    state.attempt += 1;
  }
}

interface Watched {
  readonly event: Observed | undefined;
}

/**
 * Makes one attempt. Resolves to the response, or to a failure that another attempt may repair.
 * @throws what no attempt can repair: the reason of an abort, a failure of the provider of credentials
 */
async function tryOnce(
  context: RetryContext,
  spec: RequestSpec,
  state: RetryState,
): Promise<CosResponse | (FailedAttempt & Watched)> {
  const given = context.credentials.get(spec.signal);
  const credentials = given instanceof Promise ? await given : given;
  const event = context.observer.begin(spec, state.attempt);
  let response: AttemptResponse | undefined;
  try {
    response = await attempt(context, spec, credentials, state);
    refuseFailure(context, spec, response);
    spec.validateResponse?.(response);
  } catch (error) {
    if (event !== undefined) context.observer.failed(event, error, response);
    // An aborted request rejects with its signal's reason, which can be the TransportError of another part.
    const isOurs = error instanceof TransportError || error instanceof ServiceError;
    if (!isOurs || error === spec.signal?.reason) throw error;
    if (error instanceof TransportError) error.attempts = state.attempt;
    return { failure: error, response, credentials, event };
  }
  if (event !== undefined) context.observer.succeeded(event, response);
  context.budget.succeed(state.spent);
  return response;
}

/** @throws {ServiceError} the response is not a success */
function refuseFailure(
  { endpoint }: RetryContext,
  spec: RequestSpec,
  { status, headers, document }: AttemptResponse,
): void {
  if (status < 200 || status >= 300)
    throw serviceError(describeRequest(spec), status, headers, document(), endpoint.region);
}

/** What a request was about, for messages. */
function describeRequest({ operation, Bucket, Key }: RequestSpec): string {
  return Key === "" ? `${operation} on ${Bucket}` : `${operation} of ${Key}`;
}
