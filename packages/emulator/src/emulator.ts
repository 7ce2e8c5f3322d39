import { handleConsoleRequest } from "./console/handle.ts";
import { type EmulatorState, stateOf } from "./emulator-state.ts";
import { type FaultTools, faultToolsOf } from "./fault-tools.ts";
import { handleControlRequest } from "./faults/control-api.ts";
import { FaultRuns } from "./faults/fault-runs.ts";
import { peekRequest } from "./faults/peek-request.ts";
import { SlowLink } from "./link/slow-link.ts";
import { dispatch } from "./operations/dispatch.ts";
import { withDefaults } from "./options.ts";
import { Recordings } from "./recording/recordings.ts";
import { addressBook } from "./request/admit.ts";
import { logLine, type Trace } from "./request/log-line.ts";
import { compose } from "./request/middleware.ts";
import { newRequestId } from "./request/request-id.ts";
import { sendable } from "./request/sendable.ts";
import { entryOf } from "./requests/describe-request.ts";
import { RequestHistory } from "./requests/history.ts";
import type { RequestEntry } from "./requests/request-entry.ts";
import { RunningRequests } from "./requests/running-requests.ts";
import { respond } from "./respond.ts";
import { type OpenedStore, openOnce } from "./store/open-once.ts";
import type { Call, EmulatorOptions, EmulatorRequest, EmulatorResponse, Settings } from "./types.ts";

/** A COS service without a socket. */
export interface Emulator extends EmulatorState, FaultTools {
  /** Resolves once the data directory is open; rejects if it cannot be opened. */
  ready(): Promise<void>;
  /** The names of all buckets, also of those that an earlier run or a client has created. */
  buckets(): Promise<readonly string[]>;
  /** Handles one request. Rejects only with `HangUp`: close the connection without a response. */
  handle(request: EmulatorRequest): Promise<EmulatorResponse>;
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

/** An emulator, and what the server of its connections needs. */
export interface PreparedEmulator extends Emulator {
  readonly slowLink: SlowLink;
}

/** An emulator that touches its data directory only when it is asked for something. */
export function prepareEmulator(options: EmulatorOptions): PreparedEmulator {
  const settings = withDefaults(options);
  const opened = openOnce(settings);
  const stages = compose(settings.middleware, dispatch);
  const run = async (call: Call): Promise<EmulatorResponse> => sendable(await stages(call));
  const peek = (request: EmulatorRequest) =>
    peekRequest(request, addressBook(settings), settings.credentials);
  const faults = new FaultRuns(settings);
  const history = new RequestHistory();
  const slowLink = new SlowLink(settings, peek);
  const recordings = new Recordings(peek);

  const running = new RunningRequests(history.news, settings.now);
  const parts = { settings, opened, run, faults, slowLink, history, running, recordings };

  return Object.assign(faultToolsOf({ faults, slowLink, recordings, settings }), {
    ...stateOf(opened, settings, history),
    slowLink,
    controlToken: settings.controlToken,
    async close() {
      history.close();
      slowLink.close();
      await faults.settle();
      await opened.close();
    },
    async ready() {
      await opened.store();
    },
    async buckets() {
      return (await opened.store()).buckets().map(({ record }) => record.name);
    },
    async handle(request: EmulatorRequest) {
      const at = settings.now();
      const began = performance.now();
      const trace: Trace = { requestId: newRequestId(at) };
      let response: EmulatorResponse | undefined;
      try {
        response = await serve(request, trace, at, parts);
        return response;
      } finally {
        if (trace.unrecorded !== true) {
          settings.log(logLine(request, trace, String(response?.status ?? "hung-up")));
          const entry = entryOf(request, trace, response, { at, durationMs: performance.now() - began });
          history.add(entry);
          tell(settings, entry);
        }
      }
    },
  });
}

interface Parts {
  readonly settings: Settings;
  readonly opened: OpenedStore;
  readonly run: (call: Call) => Promise<EmulatorResponse>;
  readonly faults: FaultRuns;
  readonly slowLink: SlowLink;
  readonly history: RequestHistory;
  readonly running: RunningRequests;
  readonly recordings: Recordings;
}

/** Responds as the console or the control API, or as COS over the link to the client. */
async function serve(
  request: EmulatorRequest,
  trace: Trace,
  at: number,
  { settings, opened, run, faults, slowLink, history, running, recordings }: Parts,
): Promise<EmulatorResponse> {
  const service = { settings, store: await opened.store(), run, faults, news: history.news };
  const control =
    (await handleConsoleRequest(request, trace, { ...service, history, running })) ??
    (await handleControlRequest(request, { runs: faults, link: slowLink, settings }));
  if (control) {
    trace.control = request.target.split(/[?#]/, 1)[0] ?? "/";
    return control;
  }
  return recordings.during(request, trace, at, (taken) =>
    slowLink.carry(taken, (arrived) =>
      running.during(arrived, trace, (counted) => respond(counted, trace, service)),
    ),
  );
}

/** A function of the user's that fails must not fail the request. */
function tell(settings: Settings, entry: RequestEntry): void {
  try {
    settings.onRequest(entry);
  } catch (error) {
    settings.log(`onRequest failed: ${error instanceof Error ? error.stack : error}`);
  }
}
