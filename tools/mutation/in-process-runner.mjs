// A test runner of Stryker that loads the bundled tests again for every mutant, in one process. Vitest starts a process
// and loads all modules for each mutant, which took 6 s of a busy core instead of a fraction of one.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { bundleTests } from "./bundle-tests.mjs";
import { declareClassPlugin, PluginKind } from "./node_modules/@stryker-mutator/api/dist/src/plugin/index.js";
import {
  determineHitLimitReached,
  toMutantRunResult,
} from "./node_modules/@stryker-mutator/api/dist/src/test-runner/index.js";
import { runTests } from "./run-tests.mjs";
import { stalled } from "./stalled.mjs";

const judges = (process.env.COSUP_JUDGES ?? "").split(" ");

/** What the mutated sources look at. */
const names = {};
globalThis.__stryker__ = names;

class InProcessRunner {
  #bundle = "";
  #loads = 0;
  /** Milliseconds of each test in the first run; short ones are asked first. */
  #durations = {};
  #times = "";

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    const path = resolve(`packages/core/judges-${process.env.STRYKER_MUTATOR_WORKER ?? 0}.mjs`);
    await bundleTests(judges, path);
    // What a test leaves behind must not end the process.
    process.on("unhandledRejection", () => {});
    process.on("uncaughtException", () => {});
    this.#times = `${path}.json`;
    if (existsSync(this.#times)) this.#durations = JSON.parse(readFileSync(this.#times, "utf8"));
    this.#bundle = pathToFileURL(path).href;
  }

  async dryRun() {
    names.activeMutant = undefined;
    names.mutantCoverage = undefined;
    const tests = await this.#load(judges);
    const around = (id) => {
      names.currentTestId = id;
    };
    const results = await runTests(tests, { bail: false, around });
    this.#durations = Object.fromEntries(results.map(({ test, ms }) => [test.id, ms]));
    writeFileSync(this.#times, JSON.stringify(this.#durations));
    return { status: "complete", tests: results.map(resultOf), mutantCoverage: names.mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, mutantActivation, disableBail }) {
    names.hitLimit = hitLimit;
    names.hitCount = hitLimit === undefined ? undefined : 0;
    names.activeMutant = mutantActivation === "static" ? activeMutant.id : undefined;
    const wanted = testFilter && new Set(testFilter);
    const files = judges.filter((file) => !testFilter || testFilter.some((id) => id.startsWith(`${file}#`)));
    let tests;
    try {
      tests = await this.#load(files);
    } catch (error) {
      names.activeMutant = undefined;
      return { status: "killed", killedBy: testFilter ?? [], failureMessage: String(error), nrOfTests: 1 };
    }
    names.activeMutant = activeMutant.id;
    const msOf = ({ id }) => this.#durations[id] ?? 0;
    const chosen = tests
      .filter(({ id }) => !wanted || wanted.has(id))
      .sort((one, other) => msOf(one) - msOf(other));
    const stall = stalled();
    try {
      const run = runTests(chosen, { bail: !disableBail, around: () => {} });
      const results = await Promise.race([run, stall.promise]);
      if (results === undefined) return { status: "timeout", reason: "nothing is under way any more" };
      const outcome = { status: "complete", tests: results.map(resultOf) };
      return toMutantRunResult(determineHitLimitReached(names.hitCount, hitLimit) ?? outcome);
    } finally {
      stall.stop();
      names.activeMutant = undefined;
    }
  }

  async #load(files) {
    this.#loads += 1;
    const { load } = await import(`${this.#bundle}?${this.#loads}`);
    const tests = [];
    await load(files, tests);
    return tests;
  }
}

function resultOf({ test, ms, error }) {
  const base = { id: test.id, name: test.name, timeSpentMs: ms, fileName: resolve(test.suite.file) };
  if (error === undefined) return { ...base, status: 0 };
  return { ...base, status: 1, failureMessage: String(error?.stack ?? error) };
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, "in-process", InProcessRunner)];
