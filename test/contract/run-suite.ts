import type { Runtime } from "@cosup/core/runtime";
import { assert } from "./assert.ts";
import type { ContractCase, Settings, StreamModules } from "./contract.ts";
import { show } from "./fixtures/show.ts";
import { createRig } from "./rig.ts";

/** The verdict of one case; plain JSON. */
export interface Verdict {
  readonly name: string;
  readonly passed: boolean;
  /** The case did not run, because the runtime lacks what it needs. */
  readonly absent?: true;
  readonly message?: string;
}

/** No case takes this long, on a busy machine either; one that hangs must not hang the run. */
const CASE_TIMEOUT_MS = 120_000;

/** Whether the runtime lacks what a case needs. */
export function isAbsent({ needs }: ContractCase, modules: StreamModules): boolean {
  return needs !== undefined && modules[needs] === undefined;
}

/** Runs one case in a new rig; rejects if the case fails. */
export async function runCase(
  { run }: ContractCase,
  newRuntime: () => Runtime,
  settings: Settings,
  modules: StreamModules,
): Promise<void> {
  const rig = createRig(newRuntime, settings, modules);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no end within ${CASE_TIMEOUT_MS / 1000} s`)), CASE_TIMEOUT_MS);
  });
  try {
    await Promise.race([run(assert, rig), timeout]);
  } finally {
    clearTimeout(timer);
    await rig.close();
  }
}

/**
 * Runs the cases one after the other, for runtimes without a test runner.
 * @param newRuntime creates the adapter's runtime for the clients of a case
 */
export async function* runSuite(
  cases: readonly ContractCase[],
  newRuntime: (contract: ContractCase) => Runtime,
  settings: Settings,
  modules: StreamModules,
): AsyncGenerator<Verdict, void, undefined> {
  for (const contract of cases) {
    if (isAbsent(contract, modules)) {
      yield { name: contract.name, passed: false, absent: true };
      continue;
    }
    try {
      await runCase(contract, () => newRuntime(contract), settings, modules);
      yield { name: contract.name, passed: true };
    } catch (error) {
      yield { name: contract.name, passed: false, message: show(error) };
    }
  }
}
