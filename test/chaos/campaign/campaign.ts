import { CASES, PROPERTIES } from "../properties/index.ts";
import { ROWS } from "../rows/index.ts";
import { coverageTable, untouched } from "./coverage.ts";
import { inProcesses } from "./pool.ts";
import type { Report, Task } from "./task.ts";

const SEEDS_PER_TASK = 50;
const PARSER_INPUTS = 200_000;
const RESPONSE_INPUTS = 5_000;
const CHECKPOINTS = 20_000;
/** With fewer seeds, an operation may by chance meet no fault. */
const ENOUGH_FOR_COVERAGE = 2_000;
const PROGRESS_MS = process.stdout.isTTY ? 1_000 : 15_000;

/** Everything at full numbers: the rows, the properties, the fuzzers, then the seeds. @returns the exit code */
export async function campaign(seeds: number, base: number): Promise<number> {
  console.log(`chaos: base seed ${base}`);
  let failed = await besides(base);
  const met = new Map<string, number>();
  let done = 0;
  let bad = 0;
  let exchanges = 0;
  const progress = startProgress(
    () => `chaos: ${done} of ${seeds} seeds, ${bad} failed, ${exchanges} exchanges`,
  );
  await inProcesses(
    slices({ kind: "seeds", name: "", from: base, count: seeds }, SEEDS_PER_TASK),
    (report) => {
      done += report.task.count;
      bad += report.failed;
      exchanges += report.exchanges;
      for (const [pair, times] of report.met) met.set(pair, (met.get(pair) ?? 0) + times);
      for (const failure of report.failures) console.log(`\n${failure}`);
    },
  );
  progress.stop();
  console.log(coverageTable(met));
  const missing = seeds >= ENOUGH_FOR_COVERAGE ? untouched(met) : [];
  if (missing.length > 0) console.log(`chaos: no fault ever met ${missing.join(", ")}`);
  failed += missing.length;
  console.log(`chaos: ${seeds - bad} passed, ${bad} failed`);
  return failed + bad === 0 ? 0 : 1;
}

/** The rows, the properties and the fuzzers. */
async function besides(base: number): Promise<number> {
  const tasks: Task[] = [
    ...ROWS.flatMap(({ name, cases }) => slices({ kind: "row", name, from: base, count: cases }, 50)),
    ...PROPERTIES.map(({ name }): Task => ({ kind: "property", name, from: base, count: CASES })),
    ...slices(
      { kind: "parsers", name: "malformed responses through the parsers", from: base, count: PARSER_INPUTS },
      20_000,
    ),
    ...slices(
      {
        kind: "responses",
        name: "malformed responses through whole calls",
        from: base,
        count: RESPONSE_INPUTS,
      },
      500,
    ),
    ...slices(
      { kind: "checkpoints", name: "resumes from malformed checkpoints", from: base, count: CHECKPOINTS },
      1_000,
    ),
  ];
  const cases = new Map<string, number>();
  let failed = 0;
  let wrong = 0;
  const progress = startProgress(
    () => `chaos: ${[...cases.values()].reduce((sum, count) => sum + count, 0)} cases besides the seeds`,
  );
  await inProcesses(tasks, ({ task, failed: bad, failures }: Report) => {
    cases.set(task.name, (cases.get(task.name) ?? 0) + task.count);
    failed += bad;
    wrong += failures.filter((failure) => failure.includes("false success")).length;
    for (const failure of failures) console.log(`\n${failure}`);
  });
  progress.stop();
  for (const [name, count] of cases) console.log(`chaos: ${count} × ${name}`);
  console.log(`chaos: ${wrong} false successes`);
  console.log(`chaos: ${failed} failed besides the seeds`);
  return failed;
}

function slices(task: Task, size: number): Task[] {
  const result: Task[] = [];
  for (let start = 0; start < task.count; start += size) {
    result.push({ ...task, from: task.from + start, count: Math.min(size, task.count - start) });
  }
  return result;
}

function startProgress(line: () => string): { stop: () => void } {
  const started = Date.now();
  const tell = (): void => {
    const text = `${line()}, ${Math.round((Date.now() - started) / 1000)} s`;
    if (process.stdout.isTTY) process.stdout.write(`\r${text} `);
    else console.log(text);
  };
  const timer = setInterval(tell, PROGRESS_MS);
  return {
    stop: () => {
      clearInterval(timer);
      tell();
      if (process.stdout.isTTY) process.stdout.write("\n");
    },
  };
}
