import { corsOf, withCors } from "./cors/policy.ts";
import { CosErrorResponse } from "./errors.ts";
import type { FaultRuns } from "./faults/fault-runs.ts";
import type { FaultedRequest } from "./faults/faulted-request.ts";
import type { Rule } from "./faults/instruction.ts";
import { ScriptedResponse } from "./faults/interrupt.ts";
import { addressBook, admit } from "./request/admit.ts";
import { addCommonHeaders, errorResponse } from "./request/common-response.ts";
import { normaliseHeaders } from "./request/headers.ts";
import type { Trace } from "./request/log-line.ts";
import { HangUp } from "./request/middleware.ts";
import type { News } from "./requests/news.ts";
import { inS3 } from "./s3/response.ts";
import type { Store } from "./store/store.ts";
import type { Call, EmulatorRequest, EmulatorResponse, Settings } from "./types.ts";

/** What a request needs of its emulator. */
export interface Service {
  readonly settings: Settings;
  readonly store: Store;
  readonly run: (call: Call) => Promise<EmulatorResponse>;
  readonly faults: FaultRuns;
  /** Wakes those who follow when a fault fires. */
  readonly news: News;
}

/** What a fault script changes for one request. */
interface FaultState {
  request?: FaultedRequest;
  now: Settings["now"];
}

/** The response to a request, with the faults of its run. Rejects only with `HangUp`. */
export async function respond(
  request: EmulatorRequest,
  trace: Trace,
  service: Service,
): Promise<EmulatorResponse> {
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
  { settings, store, run, faults, news }: Service,
  faulted: FaultState,
): Promise<EmulatorResponse> {
  try {
    const fired: string[] = [];
    trace.faults = fired;
    const rules: Rule[] = [];
    trace.fired = rules;
    const scripted = faults.apply(request, trace.requestId, addressBook(settings), (rule) => {
      fired.push(rule.fault.kind);
      rules.push(rule);
      news.tell();
    });
    if (!scripted) {
      const call = admit(request, trace, settings, store);
      // By now its operation and its part are known.
      news.tell();
      return await run(call);
    }
    faulted.request = scripted;
    const accepted = await scripted.beforeAccept();
    faulted.now = accepted.settings.now;
    const call = admit(accepted.request, trace, accepted.settings, store);
    news.tell();
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
