import { parseArgs } from "node:util";
import { runSeed } from "../run-seed.ts";
import { describeFailure, shrink } from "../shrink.ts";
import { campaign } from "./campaign.ts";
import { soak } from "./soak.ts";
import { perform, type Task } from "./task.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: "string", default: "10000" },
    base: { type: "string" },
    seed: { type: "string" },
    faults: { type: "string" },
    scale: { type: "string" },
    operations: { type: "string" },
    soak: { type: "string" },
  },
});

// Every run explores other seeds. The base seed is printed; give it to repeat a run.
const base = values.base === undefined ? Math.floor(Math.random() * 2 ** 30) : Number(values.base);

if (positionals[0] === "child") {
  process.on("message", (task: Task) => {
    perform(task).then(
      (report) => process.send?.(report),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
} else if (values.seed !== undefined) process.exitCode = await one(Number(values.seed));
else if (values.soak !== undefined) process.exitCode = await soak(Number(values.soak), base);
else process.exitCode = await campaign(Number(values.seeds), base);

/** Repeats one seed, and shrinks it if it fails. */
async function one(seed: number): Promise<number> {
  const faults = values.faults?.split(",").map(Number).filter(Number.isInteger);
  const verdict = await runSeed({
    seed,
    faults: faults === undefined ? undefined : new Set(faults),
    scale: values.scale === undefined ? undefined : Number(values.scale),
    operations: values.operations === undefined ? undefined : Number(values.operations),
  });
  if (verdict.violations.length === 0) {
    console.log(
      `seed ${seed} (${verdict.scenario}): passed, ${verdict.exchanges} exchanges, trace ${verdict.trace.slice(0, 12)}`,
    );
    return 0;
  }
  console.log(describeFailure(verdict));
  if (faults === undefined) console.log(`shrunk to ${describeFailure(await shrink(verdict))}`);
  return 1;
}
