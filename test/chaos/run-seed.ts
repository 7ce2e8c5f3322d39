import { createHash } from "node:crypto";
import { SCENARIOS } from "./scenarios/index.ts";
import type { Scenario } from "./scenarios/scenario.ts";
import { HEAVY, type Rates } from "./simulation/fault.ts";
import { finalChecks } from "./simulation/final-checks.ts";
import { mix } from "./simulation/network.ts";
import { Rig, type Run } from "./simulation/rig.ts";
import { Stuck } from "./simulation/virtual-clock.ts";

/** What one run has shown. */
export interface Verdict {
  readonly run: Run;
  readonly scenario: string;
  readonly violations: readonly string[];
  /** Requests that were to meet a fault. */
  readonly harmed: readonly number[];
  readonly exchanges: number;
  /** How often each fault met each operation. */
  readonly met: ReadonlyMap<string, number>;
  /** A hash of the requests and their times: always the same for the same run. */
  readonly trace: string;
}

/** Unhandled rejections and warnings of Node. */
const complaints: string[] = [];
let listening = false;

function listen(): void {
  if (listening) return;
  listening = true;
  process.on("unhandledRejection", (reason) => {
    complaints.push(`unhandled rejection: ${reason instanceof Error ? reason.stack : String(reason)}`);
  });
  process.on("warning", ({ name, message }) => complaints.push(`Node warns: ${name}: ${message}`));
}

/** Runs the scenario that the seed selects, in a new rig. */
export async function runSeed(run: Run): Promise<Verdict> {
  const [scenario, work] = SCENARIOS[mix(run.seed, 0) % SCENARIOS.length] ?? ["none", async () => {}];
  return runScenario(scenario, work, run);
}

/** Runs a scenario and then the final checks. */
export async function runScenario(
  scenario: string,
  work: Scenario,
  run: Run,
  rates: Rates = HEAVY,
): Promise<Verdict> {
  listen();
  const rig = await Rig.open(run, rates);
  try {
    await work(rig);
    await finalChecks(rig);
  } catch (error) {
    if (!(error instanceof Stuck))
      throw new Error(`seed ${run.seed} (${scenario}) broke the harness`, { cause: error });
    rig.fail(`stuck: ${error.message}`);
  } finally {
    await rig.service.close();
  }
  for (const complaint of complaints.splice(0)) rig.fail(complaint);
  const { records, met } = rig.network;
  const trace = createHash("sha1");
  for (const { operation, sentAt, endedAt, status } of records)
    trace.update(`${operation} ${sentAt} ${endedAt} ${status}\n`);
  return {
    run,
    scenario,
    violations: [...new Set(rig.violations)],
    harmed: records.filter(({ fate }) => fate.kind !== "none").map(({ id }) => id),
    exchanges: records.length,
    met,
    trace: trace.digest("hex"),
  };
}
