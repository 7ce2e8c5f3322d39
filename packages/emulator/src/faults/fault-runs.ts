import { CosErrorResponse } from "../errors.ts";
import { PlaybackRun } from "../recording/playback-run.ts";
import type { Recording } from "../recording/recording.ts";
import { type Replay, replayOf } from "../replay/replay.ts";
import { checkReplay, type ReplayOptions } from "../replay/replay-options.ts";
import { type ReplayReport, ReplayRun } from "../replay/replay-run.ts";
import type { AddressBook } from "../request/address.ts";
import type { EmulatorRequest, Settings } from "../types.ts";
import { expectAllFired } from "./expect-all-fired.ts";
import { FaultedRequest } from "./faulted-request.ts";
import type { Fault, Instruction, Moment, Rule } from "./instruction.ts";
import { peekRequest, RUN_NAME } from "./peek-request.ts";
import { type Armed, type Receipt, Run } from "./run.ts";
import { FaultScriptError, validateScript } from "./validate.ts";

/** The run of requests that name no run. */
export const DEFAULT_RUN = "default";

/** Installs fault scripts and reports which instructions fired. */
export interface FaultControl {
  /**
   * Starts a run, in place of one of the same name. Its requests are those with the header `x-cosup-run: {run}`,
   * those signed with the SecretId `{SecretId}@{run}`, and for the run `default` those that name none.
   *
   * @throws {FaultScriptError} naming the field
   */
  install(run: string, instructions: readonly Instruction[]): Receipt;
  /** Undefined if there is no such run. */
  receipt(run: string): Receipt | undefined;
  /** Ends a run. Returns false if there is none. */
  remove(run: string): boolean;
  /** @throws {Error} naming the instructions of the run that have never fired */
  expectAllFired(run: string): void;
}

/** Every run of one emulator. */
export class FaultRuns implements FaultControl {
  readonly #settings: Settings;
  readonly #runs = new Map<string, Run>();
  readonly #stop = new AbortController();
  readonly #background = new Set<Promise<void>>();

  constructor(settings: Settings) {
    this.#settings = settings;
    if (Array.isArray(settings.faults)) this.install(DEFAULT_RUN, settings.faults);
  }

  /** The names of all runs. */
  get names(): readonly string[] {
    return [...this.#runs.keys()];
  }

  get enabled(): boolean {
    return this.#settings.faults !== false;
  }

  install(name: string, instructions: unknown): Receipt {
    this.#requireEnabled();
    checkRunName(name);
    const run = new Run(name, validateScript(instructions));
    this.#runs.set(name, run);
    return run.receipt();
  }

  /** Installs the schedule of a seed, in place of a run of the same name. It needs no option: a program asks for it. */
  replay(seed: number, options: ReplayOptions = {}): Replay {
    checkReplay(seed, options);
    const { run: name = DEFAULT_RUN } = options;
    checkRunName(name);
    const run = new ReplayRun(name, seed, options);
    return replayOf(seed, run, this.#put(name, run));
  }

  receipt(name: string): Receipt | undefined {
    return this.#runs.get(name)?.receipt();
  }

  /** Installs what went wrong in a recording. Returns its run, and a function that removes it. */
  playBack(
    recording: Recording,
    name = DEFAULT_RUN,
  ): { readonly run: PlaybackRun; readonly end: () => void } {
    checkRunName(name);
    const run = new PlaybackRun(name, recording);
    return { run, end: this.#put(name, run) };
  }

  /** What the schedule of a seed has done; undefined: the run has none. */
  report(name: string): ReplayReport | undefined {
    const run = this.#runs.get(name);
    return run instanceof ReplayRun ? run.report() : undefined;
  }

  remove(name: string): boolean {
    return this.#runs.delete(name);
  }

  expectAllFired(name: string): void {
    this.#requireEnabled();
    const receipt = this.receipt(name);
    if (!receipt) throw new Error(`there is no fault run "${name}"`);
    expectAllFired(receipt);
  }

  /**
   * Applies the script of a request's run. Undefined: nothing is scripted for it.
   * @param onFired called with the rule of each fault that fires
   */
  apply(
    request: EmulatorRequest,
    requestId: string,
    book: AddressBook,
    onFired: (rule: Rule) => void,
  ): FaultedRequest | undefined {
    if (!this.enabled && this.#runs.size === 0) return undefined;
    const {
      address,
      operation,
      partNumber,
      run: named,
    } = peekRequest(request, book, this.#settings.credentials);
    const run = this.#runs.get(named ?? DEFAULT_RUN);
    if (!run) {
      if (named === undefined) return undefined;
      // Without this refusal, a test with a wrong run name would pass without any fault.
      throw new CosErrorResponse("NoSuchFaultRun", `There is no fault run "${named}".`);
    }
    const { host = "", key = "" } = address ?? {};
    const { method, connection } = request;
    const subject = {
      requestId,
      method,
      key,
      ...(partNumber !== undefined && { partNumber }),
      reused: (connection?.earlierRequests ?? 0) > 0,
      awaitsContinue: connection?.awaitsContinue ?? false,
      bodyBytes: Number(headerOf(request, "content-length") ?? 0),
      onFired,
    };
    const armed: ReadonlyMap<Moment, Armed> =
      operation === undefined ? new Map() : run.arm({ ...subject, operation }, this.#settings.now());
    return new FaultedRequest({
      run,
      armed,
      request,
      requestId,
      resource: `${host}/${key}`,
      settings: this.#settings,
      later: (fault, deliver) => this.#later(run, fault, deliver),
      async deliverDue(done) {
        for (const delivery of run.takeDue(done)) await delivery();
      },
    });
  }

  /** Cancels scheduled deliveries, and waits for those that are running. */
  async settle(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#background);
  }

  /** Returns a function that removes the run, unless another one has taken its place. */
  #put(name: string, run: Run): () => void {
    this.#runs.set(name, run);
    return () => {
      if (this.#runs.get(name) === run) this.#runs.delete(name);
    };
  }

  #later(run: Run, fault: Extract<Fault, { kind: "deliver-again" }>, deliver: () => Promise<void>): void {
    if (fault.afterOp !== undefined) {
      run.postpone(fault.afterOp, deliver);
      return;
    }
    const work = this.#settings.sleep(fault.afterMs ?? 0, this.#stop.signal).then(async () => {
      if (!this.#stop.signal.aborted) await deliver();
    });
    this.#background.add(work);
    void work.finally(() => this.#background.delete(work));
  }

  #requireEnabled(): void {
    if (!this.enabled) throw new Error("faults are off: start the emulator with { faults: true }");
  }
}

function checkRunName(name: unknown): void {
  if (typeof name === "string" && RUN_NAME.test(name)) return;
  throw new FaultScriptError("run", "must be 1 to 64 letters, digits, dots, dashes and underscores");
}

function headerOf({ headers }: EmulatorRequest, wanted: string): string | undefined {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1];
}
