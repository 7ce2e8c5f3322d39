import { withoutWire } from "../connection/wire.ts";
import { HangUp } from "../request/middleware.ts";
import type { Call, EmulatorRequest, EmulatorResponse, Settings } from "../types.ts";
import { changeResponse, keepAliveResponse, lateError } from "./change-response.ts";
import { changeStore } from "./change-store.ts";
import { deliverAgain } from "./deliver-again.ts";
import { type FaultContext, READS_BODY, requestInfoOf } from "./fault-context.ts";
import type { Fault, Moment } from "./instruction.ts";
import { interrupt, type RequestInfo, ScriptedResponse } from "./interrupt.ts";
import { faultyBody } from "./request-body.ts";
import { discard } from "./response-body.ts";
import type { Armed } from "./run.ts";
import { settingsForRun, settingsUnderFault } from "./settings-under-fault.ts";
import { truncatedResponse } from "./truncated-response.ts";

/** One request under a fault script: applies the instruction of each moment when the moment comes. */
export class FaultedRequest {
  readonly #context: FaultContext;
  readonly #bodyCopy: Uint8Array[] = [];
  #settings: Settings;
  #call: Call | undefined;
  #bytesPerSecond: number | undefined;
  /** A `deliver-again` instruction. It fires when the second delivery is made, after this request. */
  #deliverLater: Armed | undefined;

  constructor(context: FaultContext) {
    this.#context = context;
    this.#settings = settingsForRun(context.run, context.settings);
  }

  /** Call it when the head has arrived. Returns the settings that apply to the request, and its body with faults. */
  async beforeAccept(): Promise<{ settings: Settings; request: EmulatorRequest }> {
    const { run, request } = this.#context;
    await this.#at("before-accept", async (fault) => {
      this.#settings = settingsUnderFault(fault, run, this.#settings);
      return true;
    });
    const body = this.#body();
    return { settings: this.#settings, request: { ...request, ...(body && { body }) } };
  }

  /** Call it when the request is accepted, before its operation begins. */
  async beforeHeaders(call: Call): Promise<void> {
    this.#call = call;
    await this.#at("before-headers", async (fault) => {
      if (fault.kind === "slow-read") this.#bytesPerSecond = fault.bytesPerSecond;
      else if (fault.kind === "withhold-continue") this.#context.request.connection?.withholdContinue();
      else return (await changeStore(fault, call)) ?? false;
      return true;
    });
    if (!READS_BODY.has(call.operation)) await this.#afterBody();
  }

  /** Call it when the operation has responded. Only a success is a commit. */
  async afterCommit(call: Call, response: EmulatorResponse): Promise<EmulatorResponse> {
    let final = response;
    if (response.status >= 300) return final;
    await this.#context.deliverDue(call.operation);
    await this.#at("after-commit-before-response", async (fault, armed) => {
      if (fault.kind === "deliver-again") {
        this.#deliverLater = armed;
        this.#context.later(fault, async () => {
          armed.fire();
          await deliverAgain(call, this.#bodyCopy);
        });
        return false;
      }
      const storeChanged = await changeStore(fault, call);
      if (storeChanged !== undefined) return storeChanged;
      const changed = await changeResponse(fault, response, this.#requestInfo);
      final = changed?.response ?? response;
      return changed?.fired ?? false;
    }).catch(async (error: unknown) => {
      await discard(response);
      throw error;
    });
    return final;
  }

  /** Call it before the response is written. */
  async beforeResponse(response: EmulatorResponse): Promise<EmulatorResponse> {
    const { armed, request } = this.#context;
    const last = armed.get("after-N-bytes-of-response");
    const final = last ? await truncatedResponse(last, response, request, this.#requestInfo) : response;
    try {
      return request.connection ? final : withoutWire(final, request.method);
    } catch (error) {
      await discard(final);
      throw error;
    }
  }

  /** Releases the instructions whose moment did not come, so that a later request can take them. */
  finish(): void {
    for (const armed of this.#context.armed.values()) if (armed !== this.#deliverLater) armed.release();
  }

  get #requestInfo(): RequestInfo {
    return requestInfoOf(this.#context, this.#settings);
  }

  #body(): AsyncIterable<Uint8Array> | undefined {
    const { request, armed } = this.#context;
    if (!request.body) return undefined;
    const after = armed.get("after-N-bytes-of-request");
    const copies = armed.get("after-commit-before-response")?.rule.fault.kind === "deliver-again";
    return faultyBody(request.body, {
      applyAfter: after?.rule.bytes,
      flips: after?.rule.fault.kind === "flip-request",
      apply: () =>
        this.#at("after-N-bytes-of-request", async (fault) => {
          if (fault.kind === "slow-read") this.#bytesPerSecond = fault.bytesPerSecond;
          return true;
        }),
      bytesPerSecond: () => this.#bytesPerSecond,
      sleep: (ms) => this.#requestInfo.sleep(ms),
      ...(copies && { keep: (chunk: Uint8Array) => this.#bodyCopy.push(Uint8Array.from(chunk)) }),
      ended: () => this.#afterBody(),
    });
  }

  async #afterBody(): Promise<void> {
    await this.#at("after-body-before-commit", async (fault) => {
      if (fault.kind === "late-error") {
        throw new ScriptedResponse(lateError(fault.code, this.#requestInfo), fault.code);
      }
      if (fault.kind === "keep-alive-spaces") {
        const refused = { code: "InternalError", ...fault };
        throw new ScriptedResponse(keepAliveResponse(undefined, refused, this.#requestInfo), refused.code);
      }
      return (this.#call && (await changeStore(fault, this.#call))) ?? false;
    });
  }

  /** Applies the instruction of a moment. It fires if it interrupts the request, or if `work` returns true. */
  async #at(moment: Moment, work: (fault: Fault, armed: Armed) => Promise<boolean>): Promise<void> {
    const armed = this.#context.armed.get(moment);
    if (!armed) return;
    const { fault } = armed.rule;
    try {
      if (await interrupt(fault, this.#requestInfo)) armed.fire();
      else if (await work(fault, armed)) armed.fire();
    } catch (error) {
      if (error instanceof HangUp || error instanceof ScriptedResponse) armed.fire();
      throw error;
    }
  }
}
