import { authenticate } from "./auth/authenticate.ts";
import { CosFault, faultDocument } from "./errors.ts";
import { administer } from "./faults/admin.ts";
import { type FaultControl, FaultRuns } from "./faults/fault-runs.ts";
import { ScriptedAnswer } from "./faults/interrupt.ts";
import type { Visit } from "./faults/visit.ts";
import { dispatch } from "./operations/dispatch.ts";
import { checkReader } from "./operations/object-access.ts";
import { withDefaults } from "./options.ts";
import { type AddressBook, locate } from "./request/address.ts";
import { createCall } from "./request/call.ts";
import { normaliseHeaders } from "./request/headers.ts";
import { logLine, type Trace } from "./request/log-line.ts";
import { compose, HangUp } from "./request/middleware.ts";
import { recognise } from "./request/operation.ts";
import { Query } from "./request/query.ts";
import { newRequestId, newTraceId } from "./request/request-id.ts";
import { screen } from "./request/screen.ts";
import { Store } from "./store/store.ts";
import type { Call, EmulatorOptions, EmulatorRequest, EmulatorResponse, Settings } from "./types.ts";

/** A COS service without a socket. */
export interface Emulator {
  /** Resolves once the data directory is open; rejects if it cannot be. */
  ready(): Promise<void>;
  /** Answers one request. Rejects only with `HangUp`: close the connection without an answer. */
  handle(request: EmulatorRequest): Promise<EmulatorResponse>;
  /** Fault scripts and their receipts; usable with the option `faults`. */
  readonly faults: FaultControl;
  /** Ends what scripts have started beside the requests. */
  close(): Promise<void>;
}

/** Makes an emulator over a data directory, which it starts to open at once. */
export function createEmulator(options: EmulatorOptions): Emulator {
  const settings = withDefaults(options);
  const opening = Store.open(settings.data, settings.buckets, settings.now(), settings.fsync);
  // A failure to open belongs to the requests that meet it.
  opening.catch(() => {});
  const run = compose(settings.middleware, dispatch);
  const faults = new FaultRuns(settings);

  return {
    faults,
    close: () => faults.settle(),
    async ready() {
      await opening;
    },
    async handle(request) {
      const trace: Trace = { requestId: newRequestId(settings.now()) };
      let outcome = "hung-up";
      try {
        const service = { settings, store: await opening, run, faults };
        const response = (await administer(request, faults)) ?? (await answer(request, trace, service));
        outcome = String(response.status);
        return response;
      } finally {
        settings.log(logLine(request, trace, outcome));
      }
    },
  };
}

interface Service {
  readonly settings: Settings;
  readonly store: Store;
  readonly run: (call: Call) => Promise<EmulatorResponse>;
  readonly faults: FaultRuns;
}

async function answer(request: EmulatorRequest, trace: Trace, service: Service): Promise<EmulatorResponse> {
  const scripted: { visit?: Visit; now: Settings["now"] } = { now: service.settings.now };
  try {
    const response = await operate(request, trace, service, scripted);
    const whole = response.bare ? response : addCommonHeaders(response, request, trace, scripted.now());
    return (await scripted.visit?.answered(whole)) ?? whole;
  } finally {
    scripted.visit?.over();
  }
}

async function operate(
  request: EmulatorRequest,
  trace: Trace,
  { settings, store, run, faults }: Service,
  scripted: { visit?: Visit; now: Settings["now"] },
): Promise<EmulatorResponse> {
  try {
    const visit = faults.visit(request, trace.requestId, addressBook(settings, store));
    if (!visit) return await run(admit(request, trace, settings, store));
    scripted.visit = visit;
    const arrived = await visit.arrived();
    scripted.now = arrived.settings.now;
    const call = admit(arrived.request, trace, arrived.settings, store);
    await visit.admitted(call);
    return await visit.committed(call, await run(call));
  } catch (error) {
    if (error instanceof HangUp) throw error;
    if (error instanceof ScriptedAnswer) return error.response;
    if (!(error instanceof CosFault)) settings.log(`bug ${error instanceof Error ? error.stack : error}`);
    return faultResponse(request, trace, error);
  }
}

function addCommonHeaders(
  response: EmulatorResponse,
  request: EmulatorRequest,
  trace: Trace,
  now: number,
): EmulatorResponse {
  const close = request.headers.connection?.toLowerCase() === "close";
  return {
    ...response,
    headers: {
      ...(typeof response.body === "string" && {
        "Content-Length": String(Buffer.byteLength(response.body)),
      }),
      ...(response.body === undefined && response.status === 200 && { "Content-Length": "0" }),
      Connection: close ? "close" : "keep-alive",
      Date: new Date(now).toUTCString(),
      Server: "tencent-cos",
      "x-cos-request-id": trace.requestId,
      ...response.headers,
    },
  };
}

function addressBook(settings: Settings, store: Store): AddressBook {
  return {
    single: settings.buckets.length === 1 ? settings.buckets[0] : undefined,
    has: (bucket) => store.bucket(bucket) !== undefined,
  };
}

/** Everything between the request line and the operation: address, signature, operation, common rules. */
function admit(request: EmulatorRequest, trace: Trace, settings: Settings, store: Store): Call {
  const headers = normaliseHeaders(request.headers);
  const address = locate(request.target, headers.get("host"), addressBook(settings, store));
  trace.address = address;
  const query = new Query(address.query);
  const { method } = request;
  const caller = authenticate({ method, address, query, headers }, settings);
  const scope = address.key !== "" ? "object" : address.bucket === undefined ? "service" : "bucket";
  const operation = recognise(method, scope, query, headers);
  const { requestId } = trace;
  const { body } = request;
  const call = createCall({
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
