import { raceAbort } from "../abort/race-abort.ts";
import type { Credentials } from "../auth/credentials.ts";
import { type CosError, ServiceError, TransportError } from "../errors.ts";
import { sleep } from "../runtime/clock.ts";
import { type AttemptResponse, attempt } from "./attempt.ts";
import type { CosResponse, RequestSpec } from "./request-spec.ts";
import { newRetryState, nextDelay, type RetryContext } from "./retry-decision.ts";
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
    let failure: CosError;
    let response: AttemptResponse | undefined;
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
      const { status, headers, text } = response;
      failure = serviceError(describeRequest(spec), status, headers, text, context.endpoint.region);
    } catch (error) {
      // An aborted request rejects with its signal's reason, which can be the TransportError of another part.
      const isOurs = error instanceof TransportError || error instanceof ServiceError;
      if (credentials === undefined || spec.signal?.aborted || !isOurs) throw error;
      if (error instanceof TransportError) error.attempts = state.attempt;
      // A streamed response that was refused by validateResponse still holds its connection.
      await response?.body?.cancel();
      failure = error;
    } finally {
      context.queue.leave();
    }
    const delayMs = nextDelay(context, spec, state, { failure, response, credentials });
    if (delayMs === undefined) {
      if (failure.code === "credentials-expired") failure.hint ??= context.credentials.hint;
      throw refusedBytes(failure, spec.headers["content-md5"]);
    }
    spec.onRetry?.(failure);
    if (delayMs > 0) await sleep(context.clock, delayMs, spec.signal);
    state.attempt += 1;
  }
}

/** What a request was about, for messages. */
function describeRequest({ operation, Bucket, Key }: RequestSpec): string {
  return Key === "" ? `${operation} on ${Bucket}` : `${operation} of ${Key}`;
}
