import { corsOf, withCors } from "./cors/policy.ts";
import { type EmulatorState, stateOf } from "./emulator-state.ts";
import { CosErrorResponse } from "./errors.ts";
import { handleControlRequest } from "./faults/control-api.ts";
import { type FaultControl, FaultRuns } from "./faults/fault-runs.ts";
import type { FaultedRequest } from "./faults/faulted-request.ts";
import { ScriptedResponse } from "./faults/interrupt.ts";
import { dispatch } from "./operations/dispatch.ts";
import { withDefaults } from "./options.ts";
import { addressBook, admit } from "./request/admit.ts";
import { addCommonHeaders, errorResponse } from "./request/common-response.ts";
import { normaliseHeaders } from "./request/headers.ts";
import { logLine, type Trace } from "./request/log-line.ts";
import { compose, HangUp } from "./request/middleware.ts";
import { newRequestId } from "./request/request-id.ts";
import { sendable } from "./request/sendable.ts";
import { entryOf } from "./requests/describe-request.ts";
import { RequestHistory } from "./requests/history.ts";
import type { RequestEntry } from "./requests/request-entry.ts";
import { inS3 } from "./s3/response.ts";
import { openOnce } from "./store/open-once.ts";
import type { Store } from "./store/store.ts";
import type { Call, EmulatorOptions, EmulatorRequest, EmulatorResponse, Settings } from "./types.ts";

/** A COS service without a socket. */
export interface Emulator extends EmulatorState {
  /** Resolves once the data directory is open; rejects if it cannot be opened. */
  ready(): Promise<void>;
  /** The names of all buckets, also of those that an earlier run or a client has created. */
  buckets(): Promise<readonly string[]>;
  /** Handles one request. Rejects only with `HangUp`: close the connection without a response. */
  handle(request: EmulatorRequest): Promise<EmulatorResponse>;
  /** Fault scripts and their receipts; needs the option `faults`. */
  readonly faults: FaultControl;
  /** What requests to the control API carry in `x-cosup-token`. */
  readonly controlToken: string;
  /**
   * Cancels deliveries that fault scripts have scheduled, waits for those that are running, and releases the data
   * directory. Call it when no request is running any more.
   */
  close(): Promise<void>;
}

/**
 * Creates an emulator. Without `data` it is in memory; a data directory starts to be opened at once.
 *
 * `ready()` and `handle()` reject with `DataInUseError` if another emulator uses the directory.
 */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  const emulator = prepareEmulator(options);
  // ready() and handle() report a failure to open; without this line it would also be an unhandled rejection.
  emulator.ready().catch(() => {});
  return emulator;
}

/** An emulator that touches its data directory only when it is asked for something. */
export function prepareEmulator(options: EmulatorOptions): Emulator {
  const settings = withDefaults(options);
  const opened = openOnce(settings);
  const stages = compose(settings.middleware, dispatch);
  const run = async (call: Call): Promise<EmulatorResponse> => sendable(await stages(call));
  const faults = new FaultRuns(settings);
  const history = new RequestHistory();

  return {
    ...stateOf(opened, settings, history),
    faults,
    controlToken: settings.controlToken,
    async close() {
      history.close();
      await faults.settle();
      await opened.close();
    },
    async ready() {
      await opened.store();
    },
    async buckets() {
      return (await opened.store()).buckets().map(({ record }) => record.name);
    },
    async handle(request) {
      const at = settings.now();
      const began = performance.now();
      const trace: Trace = { requestId: newRequestId(at) };
      let response: EmulatorResponse | undefined;
      try {
        const service = { settings, store: await opened.store(), run, faults };
        const control = await handleControlRequest(request, faults, settings);
        if (control) trace.control = request.target.split(/[?#]/, 1)[0] ?? "/";
        response = control ?? (await respond(request, trace, service));
        return response;
      } finally {
        settings.log(logLine(request, trace, String(response?.status ?? "hung-up")));
        const entry = entryOf(request, trace, response, { at, durationMs: performance.now() - began });
        history.add(entry);
        tell(settings, entry);
      }
    },
  };
}

/** A function of the user's that fails must not fail the request. */
function tell(settings: Settings, entry: RequestEntry): void {
  try {
    settings.onRequest(entry);
  } catch (error) {
    settings.log(`onRequest failed: ${error instanceof Error ? error.stack : error}`);
  }
}

interface Service {
  readonly settings: Settings;
  readonly store: Store;
  readonly run: (call: Call) => Promise<EmulatorResponse>;
  readonly faults: FaultRuns;
}

/** What a fault script changes for one request. */
interface FaultState {
  request?: FaultedRequest;
  now: Settings["now"];
}

async function respond(request: EmulatorRequest, trace: Trace, service: Service): Promise<EmulatorResponse> {
  const faulted: FaultState = { now: service.settings.now };
  try {
    const response = await operate(request, trace, service, faulted);
    const named = response.bare ? response : addCommonHeaders(response, request, trace, faulted.now());
    const spoken = trace.dialect === "s3" && !named.bare ? inS3(named, trace.requestId) : named;
    const complete = named.bare ? named : crossOrigin(spoken, request, trace, service);
    return (await faulted.request?.beforeResponse(complete)) ?? complete;
  } finally {
    faulted.request?.finish();
  }
}

function crossOrigin(
  response: EmulatorResponse,
  { headers, method }: EmulatorRequest,
  trace: Trace,
  { store, settings }: Service,
): EmulatorResponse {
  const origin = normaliseHeaders(headers).get("origin");
  const configuration = trace.address ? trace.cors : corsOf(undefined, store, settings);
  return withCors(response, { origin, method }, configuration);
}

async function operate(
  request: EmulatorRequest,
  trace: Trace,
  { settings, store, run, faults }: Service,
  faulted: FaultState,
): Promise<EmulatorResponse> {
  try {
    const fired: string[] = [];
    trace.faults = fired;
    const scripted = faults.apply(request, trace.requestId, addressBook(settings), fired);
    if (!scripted) return await run(admit(request, trace, settings, store));
    faulted.request = scripted;
    const accepted = await scripted.beforeAccept();
    faulted.now = accepted.settings.now;
    const call = admit(accepted.request, trace, accepted.settings, store);
    await scripted.beforeHeaders(call);
    return await scripted.afterCommit(call, await run(call));
  } catch (error) {
    if (error instanceof HangUp) throw error;
    if (error instanceof ScriptedResponse) {
      if (error.code !== undefined) trace.code = error.code;
      return error.response;
    }
    if (!(error instanceof CosErrorResponse))
      settings.log(`bug ${error instanceof Error ? error.stack : error}`);
    return errorResponse(request, trace, error);
  }
}
