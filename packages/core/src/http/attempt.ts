import type { Credentials } from "../auth/credentials.ts";
import type { ServerClock } from "../auth/server-clock.ts";
import { CosError, TransportError } from "../errors.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { WireResponse } from "../runtime/wire.ts";
import { messageOf } from "../text/message-of.ts";
import type { ReadXml, XmlDocument } from "../xml/document.ts";
import { AttemptRequest } from "./attempt-request.ts";
import type { StreamBody } from "./body-watch.ts";
import type { ClientLifetime } from "./client-lifetime.ts";
import { Deadline } from "./deadline.ts";
import type { Ending, Line } from "./line.ts";
import { pacedBodyOf } from "./paced-body.ts";
import type { Pacer } from "./pacer.ts";
import type { CosResponse, RequestSpec } from "./request-spec.ts";
import { responseText } from "./response-text.ts";
import { signedElsewhere } from "./signed-elsewhere.ts";
import { type SignedRequest, type SigningContext, signedRequest } from "./signed-request.ts";

/** What one attempt needs of the client. */
export interface AttemptContext extends SigningContext {
  readonly runtime: Runtime;
  readonly clock: Clock;
  readonly lifetime: ClientLifetime;
  readonly serverClock: ServerClock;
  readonly line: Line;
  readonly responseTimeoutMs: number;
  readonly readXml: ReadXml;
  /** Undefined: bodies are sent as fast as the line carries them. */
  readonly pacer?: Pacer | undefined;
  /** The same for the bodies of responses that are long. */
  readonly receivingPacer?: Pacer | undefined;
}

export interface AttemptOptions {
  /** Send to the backup domain. */
  readonly backup: boolean;
  /** Do not use a pooled connection. */
  readonly freshConnection: boolean;
}

/** The response of one attempt, successful or not. */
export interface AttemptResponse extends CosResponse {
  /** The clock correction that the request was signed with. */
  readonly usedOffsetMs: number;
}

/**
 * Signs and sends a request once. It is signed here, after every queue, because the time is in the signature.
 * @throws {TransportError} no complete response; the caller's own reason when its signal aborted
 */
export async function attempt(
  context: AttemptContext,
  spec: RequestSpec,
  credentials: Credentials,
  options: AttemptOptions,
): Promise<AttemptResponse> {
  // Before the signature, which has the time in it.
  const paced = context.pacer === undefined ? undefined : await pacedBodyOf(context, context.pacer, spec);
  const usedOffsetMs = context.serverClock.offsetMs;
  const signing = signedNow(context, spec, credentials, options.backup);
  const signed = signing instanceof Promise ? await signing : signing;
  spec.signal?.throwIfAborted();
  // The abort of a failed upload has another signal: without this it would be sent after close().
  context.lifetime.throwIfClosed();
  const deadline = new Deadline(context.clock, spec, context.line, context.responseTimeoutMs, paced);
  const failureOf = (cause: unknown): unknown => {
    if (spec.signal?.aborted) return spec.signal.reason;
    if (deadline.ended !== undefined) return deadline.ended.reason;
    return cause instanceof CosError ? cause : transportError(context.runtime, spec, cause);
  };
  let handedOver = false;
  try {
    const request = new AttemptRequest(
      spec,
      signed,
      deadline,
      options.freshConnection,
      context.line.slow,
      paced,
    );
    const sent = context.runtime.send(request);
    deadline.submitted();
    const response = await sent;
    if (spec.streamed && response.status < 300) {
      const body = bodyToRead(context, spec, spec.streamed, response, deadline, failureOf);
      handedOver = body !== null;
      const document = (): undefined => undefined;
      return { status: response.status, headers: response.headers, text: "", document, body, usedOffsetMs };
    }
    const text = await responseText(response);
    deadline.finish(endingOf(response.status, text));
    const document = (): XmlDocument | undefined => context.readXml(text);
    return { status: response.status, headers: response.headers, text, document, body: null, usedOffsetMs };
  } catch (cause) {
    throw failureOf(cause);
  } finally {
    deadline.finish("other");
    paced?.stop();
    if (!handedOver) deadline.release();
  }
}

/** A body that the caller reads. Until its end, the caller's abort must stop it. */
function bodyToRead(
  { receivingPacer: pacer }: AttemptContext,
  { checkBody: check }: RequestSpec,
  stream: StreamBody,
  response: WireResponse,
  deadline: Deadline,
  failureOf: (cause: unknown) => unknown,
): ReadableStream<Uint8Array> | null {
  const body = stream(response, { watch: deadline, check, pacer, failureOf });
  if (body !== null) deadline.handOver();
  return body;
}

/** How the request ended. COS itself times out a request whose body arrives too slowly. */
function endingOf(status: number, text: string): Ending {
  if (status < 300) return "sent";
  return status < 500 && /<Code>(RequestTimeout|UserNetworkTooSlow)</.test(text) ? "timeout" : "other";
}

/** The request with a signature of this moment: by core, or by a server where the runtime asks one. */
function signedNow(
  context: AttemptContext,
  spec: RequestSpec,
  credentials: Credentials,
  backup: boolean,
): SignedRequest | Promise<SignedRequest> {
  const { signRequest } = context.runtime;
  if (signRequest !== undefined) return signedElsewhere(context, spec, signRequest, backup);
  return signedRequest(context, spec, credentials, context.serverClock.keyTime(), backup);
}

function transportError(runtime: Runtime, spec: RequestSpec, cause: unknown): TransportError {
  const permanent = runtime.permanentFailure?.(cause);
  if (permanent !== undefined) {
    const error = new TransportError(`${spec.operation}: ${permanent.message}`, "connect", cause, false);
    error.hint = permanent.hint;
    return error;
  }
  const failure = runtime.transportError(cause);
  return new TransportError(`${spec.operation}: ${failure} failure: ${messageOf(cause)}`, failure, cause);
}
