import { type Address, type AddressBook, locate } from "./address.ts";
import { authenticate } from "./auth/authenticate.ts";
import { Call } from "./call.ts";
import { dispatch } from "./dispatch.ts";
import { CosFault, faultDocument } from "./errors.ts";
import { type EmulatorRequest, type EmulatorResponse, normaliseHeaders } from "./message.ts";
import { compose, HangUp } from "./middleware.ts";
import { checkReader } from "./object-access.ts";
import { recognise } from "./operation.ts";
import { type EmulatorOptions, type Settings, withDefaults } from "./options.ts";
import { encodeKey } from "./percent.ts";
import { Query } from "./query.ts";
import { newRequestId, newTraceId } from "./request-id.ts";
import { screen } from "./screen.ts";
import { Store } from "./store/store.ts";

/** A COS service without a socket. */
export interface Emulator {
  /** Resolves once the data directory is open; rejects if it cannot be. */
  ready(): Promise<void>;
  /** Answers one request. Rejects only with `HangUp`: close the connection without an answer. */
  handle(request: EmulatorRequest): Promise<EmulatorResponse>;
}

/** What is known of a request by the time it is answered, for the error document and the log. */
interface Trace {
  requestId: string;
  address?: Address;
  call?: Call;
}

/** Makes an emulator over a data directory, which it starts to open at once. */
export function createEmulator(options: EmulatorOptions): Emulator {
  const settings = withDefaults(options);
  const opening = Store.open(settings.data, settings.buckets, settings.now(), settings.fsync);
  // A failure to open belongs to the requests that meet it.
  opening.catch(() => {});
  const run = compose(settings.middleware, dispatch);

  return {
    async ready() {
      await opening;
    },
    async handle(request) {
      const trace: Trace = { requestId: newRequestId(settings.now()) };
      let outcome = "hung-up";
      try {
        const response = await answer(request, trace, settings, await opening, run);
        outcome = String(response.status);
        return response;
      } finally {
        settings.log(logLine(request, trace, outcome));
      }
    },
  };
}

type Run = (call: Call) => Promise<EmulatorResponse>;

async function answer(
  request: EmulatorRequest,
  trace: Trace,
  settings: Settings,
  store: Store,
  run: Run,
): Promise<EmulatorResponse> {
  let response: EmulatorResponse;
  try {
    response = await run(admit(request, trace, settings, store));
  } catch (error) {
    if (error instanceof HangUp) throw error;
    if (!(error instanceof CosFault)) settings.log(`bug ${error instanceof Error ? error.stack : error}`);
    response = faultResponse(request, trace, error);
  }
  const close = request.headers.connection?.toLowerCase() === "close";
  return {
    ...response,
    headers: {
      ...(typeof response.body === "string" && {
        "Content-Length": String(Buffer.byteLength(response.body)),
      }),
      ...(response.body === undefined && response.status === 200 && { "Content-Length": "0" }),
      Connection: close ? "close" : "keep-alive",
      Date: new Date(settings.now()).toUTCString(),
      Server: "tencent-cos",
      "x-cos-request-id": trace.requestId,
      ...response.headers,
    },
  };
}

/** Everything between the request line and the operation: address, signature, operation, common rules. */
function admit(request: EmulatorRequest, trace: Trace, settings: Settings, store: Store): Call {
  const headers = normaliseHeaders(request.headers);
  const book: AddressBook = {
    single: settings.buckets.length === 1 ? settings.buckets[0] : undefined,
    has: (bucket) => store.bucket(bucket) !== undefined,
  };
  const address = locate(request.target, headers.get("host"), book);
  trace.address = address;
  const query = new Query(address.query);
  const { method } = request;
  const caller = authenticate({ method, address, query, headers }, settings);
  const scope = address.key !== "" ? "object" : address.bucket === undefined ? "service" : "bucket";
  const operation = recognise(method, scope, query, headers);
  const { requestId } = trace;
  const { body } = request;
  const call = new Call({
    operation,
    method,
    address,
    query,
    headers,
    body,
    caller,
    requestId,
    settings,
    store,
  });
  trace.call = call;
  checkReader(call);
  screen(address.key, query, headers);
  return call;
}

function faultResponse(request: EmulatorRequest, trace: Trace, error: unknown): EmulatorResponse {
  const fault =
    error instanceof CosFault ? error : new CosFault("InternalError", "We encountered an internal error.");
  const traceId = newTraceId();
  const { host = "", key = "" } = trace.address ?? {};
  const origin = { resource: `${host}/${key}`, requestId: trace.requestId, traceId };
  const text = faultDocument(fault, origin);
  return {
    status: fault.status,
    headers: { "Content-Type": "application/xml", "x-cos-trace-id": traceId },
    // The answer to HEAD has no body, and so no code: clients see the status alone.
    ...(request.method !== "HEAD" && { body: text }),
  };
}

/** One line per request: status or `hung-up`, operation, target. The query is named parameter by parameter, so that no signature gets into a log. */
function logLine(request: EmulatorRequest, trace: Trace, outcome: string): string {
  const { call, address } = trace;
  const words = [outcome, call?.operation ?? "-", request.method];
  words.push(`/${encodeKey(`${address?.bucket ?? ""}/${address?.key ?? ""}`)}`);
  for (const name of ["partNumber", "uploadId", "position"]) {
    const value = call?.query.get(name);
    if (value !== undefined) words.push(`${name}=${encodeKey(value)}`);
  }
  return words.join(" ");
}
