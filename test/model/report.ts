import { REAL } from "./decisions.ts";
import { MISTAKES, type Mistake } from "./mistakes.ts";
import { BOUNDS, SCENARIOS } from "./scenarios.ts";
import { type Found, search } from "./search.ts";

export type BoundName = keyof typeof BOUNDS;

/** The search of one scenario with core's decisions. */
export function check(scenario: string, bound: BoundName): Found {
  const task = taskOf(scenario);
  return search(task, REAL, BOUNDS[bound](task));
}

/** The shortest history that shows a mistake. The small bounds are enough for it. */
export function findMistake({ decisions }: Mistake, scenario: string): Found {
  const task = taskOf(scenario);
  return search(task, decisions, BOUNDS.small(task));
}

function taskOf(scenario: string): (typeof SCENARIOS)[string] {
  const task = SCENARIOS[scenario];
  if (task === undefined) throw new RangeError(`no scenario is called ${scenario}`);
  return task;
}

export function boundsInWords(scenario: string, bound: BoundName): string {
  const { faults, actions, crashes, calls } = BOUNDS[bound](taskOf(scenario));
  return `faults ${faults}, actions of the second writer ${actions}, crashes ${crashes}, calls ${calls}`;
}

/** The figures as rows of a table. */
export function rows(bound: BoundName): string[][] {
  const table = [["scenario", "faults", "actions", "crashes", "calls", "states", "transitions", "verdicts"]];
  for (const [scenario, task] of Object.entries(SCENARIOS)) {
    const { states, transitions, verdicts, counterexample } = check(scenario, bound);
    if (counterexample !== undefined) throw new Error([`${scenario}:`, ...counterexample].join("\n  "));
    const { faults, actions, crashes, calls } = BOUNDS[bound](task);
    const numbers = [faults, actions, crashes, calls, states, transitions, Object.keys(verdicts).length];
    table.push([scenario, ...numbers.map((number) => number.toLocaleString("en-US"))]);
  }
  return table;
}

/** Each mistake with the shortest history that shows it, as text. */
export function mistakesInWords(): string[] {
  return MISTAKES.flatMap((mistake) =>
    mistake.in.slice(0, 1).flatMap((scenario) => {
      const { counterexample } = findMistake(mistake, scenario);
      if (counterexample === undefined) throw new Error(`not found: ${mistake.name}`);
      return ["", `${mistake.name} (${scenario}):`, ...counterexample.map((step, n) => `${n + 1}. ${step}`)];
    }),
  );
}
