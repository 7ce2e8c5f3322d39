import type { OperationName } from "../request/operation.ts";
import { wildcards } from "../request/wildcards.ts";
import type { EmulatorCredentials } from "../types.ts";
import type { Instruction, Moment, Rule } from "./instruction.ts";
import { VOCABULARY } from "./vocabulary.ts";

/** A request at which an instruction has fired. */
export interface Hit {
  readonly requestId: string;
  readonly operation: OperationName;
  readonly method: string;
  readonly key: string;
  readonly partNumber?: number;
  /** ISO 8601. */
  readonly at: string;
}

/** The counts of one instruction. */
export interface InstructionReceipt {
  readonly instruction: Instruction;
  /** Number of requests that match it. */
  readonly matched: number;
  /** Number of requests at which it has fired. */
  readonly fired: number;
  /** The first 1000 requests at which it has fired. */
  readonly requests: readonly Hit[];
}

/** The counts of a run. */
export interface Receipt {
  readonly run: string;
  /** Number of requests of a known operation that belonged to the run. */
  readonly requests: number;
  readonly instructions: readonly InstructionReceipt[];
}

/** The properties of a request that instructions match. */
export interface Subject extends Omit<Hit, "at"> {
  /** Whether its connection has carried a request before. */
  readonly reused: boolean;
  readonly awaitsContinue: boolean;
  /** Its Content-Length; 0 without one. */
  readonly bodyBytes: number;
  /** Called with the rule of each fault that fires. */
  onFired(rule: Rule): void;
}

/** An instruction that is reserved for one request until its moment comes. */
export interface Armed {
  readonly rule: Rule;
  fire(): void;
  /** Ends the reservation: the moment did not come, so a later request can take the instruction. */
  release(): void;
}

interface Counter {
  readonly rule: Rule;
  matched: number;
  fired: number;
  armed: number;
  readonly hits: Hit[];
}

const MAX_HITS = 1000;

/** An installed script with its counters and the state of its run. */
export class Run {
  readonly name: string;
  /** Replaces the emulator's credentials after `rotate-credentials`. */
  credentials: readonly EmulatorCredentials[] | undefined;
  readonly #counters: readonly Counter[];
  #postponed: { readonly until: OperationName; readonly deliver: () => Promise<void> }[] = [];
  #requests = 0;

  constructor(name: string, rules: readonly Rule[]) {
    this.name = name;
    this.#counters = rules.map((rule) => ({ rule, matched: 0, fired: 0, armed: 0, hits: [] }));
  }

  /** Counts a request and reserves its instructions: for each moment, the first that may still fire. */
  arm(subject: Subject, now: number): Map<Moment, Armed> {
    this.#requests += 1;
    const armed = new Map<Moment, Armed>();
    for (const counter of this.#counters) {
      const { rule } = counter;
      if (!matches(rule, subject)) continue;
      counter.matched += 1;
      const mayFire = counter.fired + counter.armed < rule.times;
      if (!mayFire || counter.matched < (rule.match.nth ?? 1) || armed.has(rule.moment)) continue;
      armed.set(rule.moment, arm(counter, subject, now));
    }
    return armed;
  }

  /** Keeps a delivery until a request of the operation `until` has succeeded. */
  postpone(until: OperationName, deliver: () => Promise<void>): void {
    this.#postponed.push({ until, deliver });
  }

  takeDue(done: OperationName): (() => Promise<void>)[] {
    const due = this.#postponed.filter(({ until }) => until === done);
    this.#postponed = this.#postponed.filter(({ until }) => until !== done);
    return due.map(({ deliver }) => deliver);
  }

  receipt(): Receipt {
    return {
      run: this.name,
      requests: this.#requests,
      instructions: this.#counters.map(({ rule, matched, fired, hits }) => ({
        instruction: rule.instruction,
        matched,
        fired,
        requests: [...hits],
      })),
    };
  }
}

function arm(counter: Counter, subject: Subject, now: number): Armed {
  let waiting = true;
  counter.armed += 1;
  const end = (): boolean => {
    const was = waiting;
    if (was) counter.armed -= 1;
    waiting = false;
    return was;
  };
  return {
    rule: counter.rule,
    fire() {
      if (!end()) return;
      counter.fired += 1;
      subject.onFired(counter.rule);
      if (counter.hits.length < MAX_HITS) counter.hits.push(hitOf(subject, new Date(now).toISOString()));
    },
    release: end,
  };
}

/** What a receipt says of a request at which a fault has fired. */
export function hitOf(subject: Omit<Hit, "at">, at: string): Hit {
  const { requestId, operation, method, key, partNumber } = subject;
  return { requestId, operation, method, key, ...(partNumber !== undefined && { partNumber }), at };
}

function matches({ op, match, fault }: Rule, subject: Subject): boolean {
  if (op !== "*" && op !== subject.operation) return false;
  if (VOCABULARY[fault.kind].ops?.includes(subject.operation) === false) return false;
  if (match.part !== undefined && match.part !== subject.partNumber) return false;
  if (match.key !== undefined && !wildcards(match.key, "?")(subject.key)) return false;
  if (fault.kind === "stale-connection") return subject.reused;
  return fault.kind !== "withhold-continue" || subject.awaitsContinue;
}
