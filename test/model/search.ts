import type { Decisions } from "./decisions.ts";
import { violation } from "./invariants.ts";
import { type Bounds, firstState, type State, transitions } from "./state.ts";
import type { Task } from "./writer.ts";

export interface Found {
  readonly states: number;
  readonly transitions: number;
  /** How often each verdict ends a call. */
  readonly verdicts: Readonly<Record<string, number>>;
  /** The shortest history that breaks an invariant, in words; its last line says which. */
  readonly counterexample: readonly string[] | undefined;
}

/** Visits every state within the bounds, breadth first, and stops at the first that breaks an invariant. */
export function search(task: Task, decisions: Decisions, bounds: Bounds): Found {
  const first = firstState(task, decisions, bounds);
  const known = new Set([nameOf(first)]);
  const steps: { words: string; from: number }[] = [{ words: "", from: -1 }];
  const verdicts: Record<string, number> = {};
  let count = 0;
  let states: State[] = [first];
  for (let base = 0; states.length > 0; ) {
    const next: State[] = [];
    const nextBase = steps.length;
    for (const [index, state] of states.entries()) {
      for (const transition of transitions(task, decisions, bounds, state)) {
        count += 1;
        const broken = violation(task, state, transition);
        if (broken !== undefined) {
          const counterexample = [...history(steps, base + index), transition.words, broken];
          return { states: known.size, transitions: count, verdicts, counterexample };
        }
        const text = nameOf(transition.state);
        if (known.has(text)) continue;
        known.add(text);
        steps.push({ words: transition.words, from: base + index });
        next.push(transition.state);
        const verdict = transition.state.writer?.verdict;
        if (verdict) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
      }
    }
    base = nextBase;
    states = next;
  }
  return { states: known.size, transitions: count, verdicts, counterexample: undefined };
}

/** A key for a state: equal states have equal keys. JSON would take half of the run time. */
function nameOf({ cos, late, writer, checkpoint, warned, saved, crashed, calls, left }: State): string {
  const uploads = Object.entries(cos.uploads).map(([id, upload]) => `${id}:${fields(upload)}`);
  return [
    fields(cos.object),
    ...uploads,
    cos.begun,
    cos.published.join(),
    late.length === 0 ? "" : JSON.stringify(late),
    fields(writer),
    fields(checkpoint),
    ...[warned, saved].map((names) => names.join()),
    crashed,
    calls,
    fields(left),
  ].join(";");
}

function fields(value: object | null): string {
  return value === null ? "" : Object.values(value).join("|");
}

function history(steps: readonly { words: string; from: number }[], last: number): string[] {
  const words: string[] = [];
  for (let at = last; at > 0; ) {
    const step = steps[at];
    if (step === undefined) break;
    words.unshift(step.words);
    at = step.from;
  }
  return words;
}
