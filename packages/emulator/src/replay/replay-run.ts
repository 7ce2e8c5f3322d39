import type { Fault, Moment, When } from "../faults/instruction.ts";
import { type Armed, hitOf, type Receipt, Run, type Subject } from "../faults/run.ts";
import { validateScript } from "../faults/validate.ts";
import type { OperationName } from "../request/operation.ts";
import { type DrawnFault, drawFault } from "./draw-fault.ts";
import { mix, Random } from "./random.ts";
import type { ReplayOptions } from "./replay-options.ts";
import { type RequestId, RequestIds } from "./request-ids.ts";

/** A fault of a schedule that has fired. */
export interface FiredFault {
  /** Names the fault within its seed: `replay(seed, { faults: [id] })` repeats it alone. */
  readonly id: number;
  readonly operation: OperationName;
  readonly key: string;
  readonly partNumber?: number;
  /** Counted from 1: the requests of this operation, key and part number. */
  readonly attempt: number;
  readonly when: When;
  readonly fault: Fault;
  readonly requestId: string;
}

/** What the schedule of a seed has done so far. */
export interface ReplayReport {
  readonly seed: number;
  readonly run: string;
  /** Number of requests of a known operation that belonged to the run. */
  readonly requests: number;
  /** The faults that have fired, in this order. */
  readonly faults: readonly FiredFault[];
}

const DEFAULT_MAX_IN_A_ROW = 2;

/** A run whose faults are those of a seed. They depend on what a request is about, and on nothing else. */
export class ReplayRun extends Run {
  readonly #seed: number;
  readonly #options: ReplayOptions;
  readonly #only: ReadonlySet<number> | undefined;
  readonly #ids = new RequestIds();
  /** Faults in a row, by what the requests are about. */
  readonly #inARow = new Map<string, number>();
  readonly #fired: { readonly fault: FiredFault; readonly at: string; readonly method: string }[] = [];
  #count = 0;

  constructor(name: string, seed: number, options: ReplayOptions) {
    super(name, []);
    this.#seed = seed;
    this.#options = options;
    this.#only = options.faults && new Set(options.faults);
  }

  override arm(subject: Subject, now: number): Map<Moment, Armed> {
    this.#count += 1;
    const request = this.#ids.next(subject);
    const about = `${subject.operation} ${subject.key} ${subject.partNumber ?? ""}`;
    const drawn = this.#drawn(subject, request, about);
    const [rule] = drawn === undefined ? [] : validateScript([{ op: subject.operation, ...drawn }]);
    if (drawn === undefined || rule === undefined) {
      this.#inARow.delete(about);
      return new Map();
    }
    let hasFired = false;
    const armed: Armed = {
      rule,
      fire: () => {
        if (hasFired) return;
        hasFired = true;
        this.#inARow.set(about, (this.#inARow.get(about) ?? 0) + 1);
        subject.onFired(rule);
        this.#record(subject, request, drawn, now);
      },
      release: () => {
        if (!hasFired) this.#inARow.delete(about);
      },
    };
    return new Map([[rule.moment, armed]]);
  }

  report(): ReplayReport {
    const faults = this.#fired.map(({ fault }) => fault);
    return { seed: this.#seed, run: this.name, requests: this.#count, faults };
  }

  override receipt(): Receipt {
    return {
      run: this.name,
      requests: this.#count,
      instructions: this.#fired.map(({ fault: { operation, when, fault, ...hit }, at, method }) => ({
        instruction: { op: operation, when, fault },
        matched: 1,
        fired: 1,
        requests: [hitOf({ ...hit, operation, method }, at)],
      })),
    };
  }

  #drawn(subject: Subject, { id }: RequestId, about: string): DrawnFault | undefined {
    const { operations, rates, maxInARow = DEFAULT_MAX_IN_A_ROW } = this.#options;
    if (this.#only?.has(id) === false || operations?.includes(subject.operation) === false) return undefined;
    if ((this.#inARow.get(about) ?? 0) >= maxInARow) return undefined;
    const drawn = drawFault(new Random(mix(this.#seed, id)), subject, rates);
    // Such a connection is reset for a client that could not have used another: it would be an error like others.
    return drawn?.fault.kind === "stale-connection" && !subject.reused ? undefined : drawn;
  }

  #record(subject: Subject, { id, attempt }: RequestId, drawn: DrawnFault, now: number): void {
    const { operation, key, partNumber, method, requestId } = subject;
    const about = { operation, key, ...(partNumber === undefined ? {} : { partNumber }) };
    const fault = Object.freeze({ id, ...about, attempt, ...drawn, requestId });
    this.#fired.push({ fault, at: new Date(now).toISOString(), method });
  }
}
