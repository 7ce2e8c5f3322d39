import type { Request } from "./cos.ts";
import type { Decisions } from "./decisions.ts";
import { type Bounds, firstState, transitions } from "./state.ts";
import type { Outcome, Task, Writer } from "./writer.ts";

/** One request of a call with its outcome. */
export interface Exchange {
  readonly op: Request["op"];
  readonly outcome: Outcome;
  /** The part or the piece that the call is at. */
  readonly part: number;
}

/** A call as the model plays it. */
export interface Played {
  readonly exchanges: readonly Exchange[];
  readonly verdict: NonNullable<Writer["verdict"]>;
}

/** One history, chosen at random: the calls that came to an end in it. */
export function walk(task: Task, decisions: Decisions, bounds: Bounds, random: () => number): Played[] {
  const calls: Played[] = [];
  let exchanges: Exchange[] = [];
  for (let state = firstState(task, decisions, bounds); ; ) {
    const possible = [...transitions(task, decisions, bounds, state)];
    const next = possible[Math.floor(random() * possible.length)];
    if (next === undefined) return calls;
    if (next.sent !== undefined && next.outcome !== undefined) {
      exchanges.push({ op: next.sent.op, outcome: next.outcome, part: state.writer?.part ?? 1 });
    }
    const ended = state.writer?.at !== "end" && next.state.writer?.at === "end";
    if (ended && next.state.writer?.verdict) {
      calls.push({ exchanges, verdict: next.state.writer.verdict });
      exchanges = [];
    }
    state = next.state;
  }
}
