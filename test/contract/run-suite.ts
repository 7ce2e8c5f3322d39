import type { Runtime } from "@cosup/core";
import { assert } from "./assert.ts";
import type { ContractCase, Settings } from "./contract.ts";
import { show } from "./fixtures/show.ts";
import { createWorld } from "./world.ts";

/** What became of one case; plain JSON. */
export interface Verdict {
  readonly name: string;
  readonly passed: boolean;
  readonly message?: string;
}

/** No case takes this long; one that hangs must not hang the run. */
const CASE_TIMEOUT_MS = 60_000;

/** Runs one case in a world of its own; it fails by rejecting. */
export async function runCase(
  { run }: ContractCase,
  newRuntime: () => Runtime,
  settings: Settings,
): Promise<void> {
  const world = createWorld(newRuntime, settings);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no end within ${CASE_TIMEOUT_MS / 1000} s`)), CASE_TIMEOUT_MS);
  });
  try {
    await Promise.race([run(assert, world), timeout]);
  } finally {
    clearTimeout(timer);
    await world.close();
  }
}

/** Runs the cases one after the other, for runtimes that have no test runner of their own. */
export async function* runSuite(
  cases: readonly ContractCase[],
  newRuntime: () => Runtime,
  settings: Settings,
): AsyncGenerator<Verdict, void, undefined> {
  for (const contract of cases) {
    try {
      await runCase(contract, newRuntime, settings);
      yield { name: contract.name, passed: true };
    } catch (error) {
      yield { name: contract.name, passed: false, message: show(error) };
    }
  }
}
