import { withoutWire } from "../connection/wire.ts";
import { HangUp } from "../request/middleware.ts";
import type { Call, EmulatorRequest, EmulatorResponse, Settings } from "../types.ts";
import { discard } from "./answer-bytes.ts";
import { onArrival, settingsOf } from "./arrival.ts";
import type { Fault, Moment } from "./instruction.ts";
import { type Interrupted, interrupt, ScriptedAnswer } from "./interrupt.ts";
import { repeat } from "./repeat.ts";
import { faultyBody } from "./request-body.ts";
import { keptAlive, lateError, reshape } from "./reshape.ts";
import type { Armed } from "./run.ts";
import { stopped } from "./stopped.ts";
import { tamper } from "./tamper.ts";
import { interruptedBy, READS_BODY, type Visited } from "./visited.ts";

/** One request on its way through a fault script, moment by moment. */
export class Visit {
  readonly #visited: Visited;
  readonly #kept: Uint8Array[] = [];
  #settings: Settings;
  #call: Call | undefined;
  #pace: number | undefined;
  /** Fires when its delivery is made, after this visit. */
  #postponed: Armed | undefined;

  constructor(visited: Visited) {
    this.#visited = visited;
    this.#settings = settingsOf(visited.run, visited.settings);
  }

  /** The head has arrived. Returns the settings to judge it by, and the body as it will be read. */
  async arrived(): Promise<{ settings: Settings; request: EmulatorRequest }> {
    const { run, request } = this.#visited;
    await this.#at("before-accept", async (fault) => {
      this.#settings = onArrival(fault, run, this.#settings);
      return true;
    });
    const body = this.#body();
    return { settings: this.#settings, request: { ...request, ...(body && { body }) } };
  }

  /** The request is accepted, and its operation is about to begin. */
  async admitted(call: Call): Promise<void> {
    this.#call = call;
    await this.#at("before-headers", async (fault) => {
      if (fault.kind === "slow-read") this.#pace = fault.bytesPerSecond;
      else if (fault.kind === "withhold-continue") this.#visited.request.carrier?.withholdContinue();
      else return (await tamper(fault, call)) ?? false;
      return true;
    });
    if (!READS_BODY.has(call.operation)) await this.#bodyEnded();
  }

  /** The operation has answered. Only a success is a commit. */
  async committed(call: Call, answer: EmulatorResponse): Promise<EmulatorResponse> {
    let final = answer;
    if (answer.status >= 300) return final;
    await this.#visited.deliverDue(call.operation);
    await this.#at("after-commit-before-response", async (fault, armed) => {
      if (fault.kind === "deliver-again") {
        this.#postponed = armed;
        this.#visited.later(fault, async () => {
          armed.fire();
          await repeat(call, this.#kept);
        });
        return false;
      }
      const tampered = await tamper(fault, call);
      if (tampered !== undefined) return tampered;
      const reshaped = await reshape(fault, answer, this.#interrupted);
      final = reshaped?.answer ?? answer;
      return reshaped?.struck ?? false;
    }).catch(async (error: unknown) => {
      await discard(answer);
      throw error;
    });
    return final;
  }

  /** The answer is about to be written. */
  async answered(answer: EmulatorResponse): Promise<EmulatorResponse> {
    const { armed, request } = this.#visited;
    const last = armed.get("after-N-bytes-of-response");
    const final = last ? await stopped(last, answer, request, this.#interrupted) : answer;
    try {
      return request.carrier ? final : withoutWire(final, request.method);
    } catch (error) {
      await discard(final);
      throw error;
    }
  }

  /** Gives back what never came to its moment. */
  over(): void {
    for (const armed of this.#visited.armed.values()) if (armed !== this.#postponed) armed.release();
  }

  get #interrupted(): Interrupted {
    return interruptedBy(this.#visited, this.#settings);
  }

  #body(): AsyncIterable<Uint8Array> | undefined {
    const { request, armed } = this.#visited;
    if (!request.body) return undefined;
    const after = armed.get("after-N-bytes-of-request");
    const keeps = armed.get("after-commit-before-response")?.rule.fault.kind === "deliver-again";
    return faultyBody(request.body, {
      strikeAfter: after?.rule.bytes,
      flips: after?.rule.fault.kind === "flip-request",
      strike: () =>
        this.#at("after-N-bytes-of-request", async (fault) => {
          if (fault.kind === "slow-read") this.#pace = fault.bytesPerSecond;
          return true;
        }),
      pace: () => this.#pace,
      sleep: (ms) => this.#interrupted.sleep(ms),
      ...(keeps && { keep: (chunk: Uint8Array) => this.#kept.push(Uint8Array.from(chunk)) }),
      ended: () => this.#bodyEnded(),
    });
  }

  async #bodyEnded(): Promise<void> {
    await this.#at("after-body-before-commit", async (fault) => {
      if (fault.kind === "late-error") throw new ScriptedAnswer(lateError(fault.code, this.#interrupted));
      if (fault.kind === "keep-alive-spaces") {
        throw new ScriptedAnswer(
          keptAlive(undefined, { code: "InternalError", ...fault }, this.#interrupted),
        );
      }
      return (this.#call && (await tamper(fault, this.#call))) ?? false;
    });
  }

  /** Fires the instruction of a moment: `work` says whether it had an effect, unless it interrupts the request. */
  async #at(moment: Moment, work: (fault: Fault, armed: Armed) => Promise<boolean>): Promise<void> {
    const armed = this.#visited.armed.get(moment);
    if (!armed) return;
    const { fault } = armed.rule;
    try {
      if (await interrupt(fault, this.#interrupted)) armed.fire();
      else if (await work(fault, armed)) armed.fire();
    } catch (error) {
      if (error instanceof HangUp || error instanceof ScriptedAnswer) armed.fire();
      throw error;
    }
  }
}
