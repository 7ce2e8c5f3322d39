import { signedHeaders } from "../auth/canonical.ts";
import type { Credentials } from "../auth/credentials.ts";
import type { ServerClock } from "../auth/server-clock.ts";
import type { Signer } from "../auth/sign.ts";
import { CosError, TransportError } from "../errors.ts";
import type { Clock, Runtime, WireRequest } from "../runtime.ts";
import type { Answer, Call } from "./call.ts";
import { Deadline } from "./deadline.ts";
import type { Endpoint } from "./endpoint.ts";
import { watchedBody } from "./watched-body.ts";

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
  readonly backup: boolean;
  readonly freshConnection: boolean;
}

/** An exchange that ended with an answer, successful or not. */
export interface Exchanged extends Answer {
  readonly usedOffsetMs: number;
}

/**
 * Signs and sends a call once. Signing happens here, after every queue, because the time is in the signature.
 * @throws {TransportError} no whole answer; the caller's own reason when its signal aborted
 */
export async function attempt(
  context: AttemptContext,
  call: Call,
  credentials: Credentials,
  options: AttemptOptions,
): Promise<Exchanged> {
  const usedOffsetMs = context.serverClock.offsetMs;
  const { url, headers } = await signedRequest(context, call, credentials, options);
  call.signal?.throwIfAborted();
  const deadline = new Deadline(context.clock, call);
  let handedOver = false;
  try {
    const response = await context.runtime.send({
      method: call.method,
      url,
      headers,
      body: call.body,
      get signal() {
        return deadline.signal;
      },
      onAbort: (listener) => deadline.onEnd(listener),
      freshConnection: options.freshConnection,
      whole: call.streamed !== true,
    });
    if (call.streamed && response.status < 300) {
      const body = response.body === null ? null : watchedBody(response.body, () => deadline.release());
      // A streamed body is still being read: until it is over, the caller's abort must reach it.
      handedOver = body !== null;
      return { status: response.status, headers: response.headers, text: "", body, usedOffsetMs };
    }
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: null, usedOffsetMs };
  } catch (cause) {
    if (call.signal?.aborted) throw call.signal.reason;
    if (deadline.ended !== undefined) throw deadline.ended.reason;
    throw cause instanceof CosError ? cause : transportError(context.runtime, call, cause);
  } finally {
    deadline.cancel();
    if (!handedOver) deadline.release();
  }
}

async function signedRequest(
  context: AttemptContext,
  call: Call,
  credentials: Credentials,
  options: AttemptOptions,
): Promise<Pick<WireRequest, "url" | "headers">> {
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
  return { url: address.url, headers };
}

function transportError(runtime: Runtime, call: Call, cause: unknown): TransportError {
  const failure = runtime.transportError(cause);
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new TransportError(`${call.operation}: ${failure} failure: ${detail}`, failure, cause);
}
