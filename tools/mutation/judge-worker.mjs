// The thread that runs mutants: it loads the bundled tests again for each. in-process-runner.mjs ends it when a mutant
// never ends.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import {
  determineHitLimitReached,
  toMutantRunResult,
} from "./node_modules/@stryker-mutator/api/dist/src/test-runner/index.js";
import { runTests } from "./run-tests.mjs";

const { path, judges } = workerData;
/** What the mutated sources look at. */
const names = {};
globalThis.__stryker__ = names;
// What a test leaves behind must not end the thread.
process.on("unhandledRejection", () => {});
process.on("uncaughtException", () => {});

/** Milliseconds of each test in the first run; short ones are asked first. */
const times = `${path}.json`;
let durations = existsSync(times) ? JSON.parse(readFileSync(times, "utf8")) : {};
let loads = 0;

const calls = { dryRun, mutantRun };
parentPort.on("message", async ({ call, options }) => {
  try {
    parentPort.postMessage({ result: await calls[call](options) });
  } catch (error) {
    parentPort.postMessage({ error: String(error?.stack ?? error) });
  }
});

async function dryRun() {
  names.activeMutant = undefined;
  names.mutantCoverage = undefined;
  const tests = await load(judges);
  const around = (id) => {
    names.currentTestId = id;
  };
  const results = await runTests(tests, { bail: false, around });
  durations = Object.fromEntries(results.map(({ test, ms }) => [test.id, ms]));
  writeFileSync(times, JSON.stringify(durations));
  return { status: "complete", tests: results.map(resultOf), mutantCoverage: names.mutantCoverage };
}

async function mutantRun({ activeMutant, testFilter, hitLimit, mutantActivation, disableBail }) {
  names.hitLimit = hitLimit;
  names.hitCount = hitLimit === undefined ? undefined : 0;
  names.activeMutant = mutantActivation === "static" ? activeMutant.id : undefined;
  const isWanted = (id) => testFilter === undefined || testFilter.includes(id);
  const files = judges.filter((file) => !testFilter || testFilter.some((id) => id.startsWith(`${file}#`)));
  let tests;
  try {
    tests = await load(files);
  } catch (error) {
    return { status: "killed", killedBy: testFilter ?? [], failureMessage: String(error), nrOfTests: 1 };
  }
  names.activeMutant = activeMutant.id;
  const msOf = ({ id }) => durations[id] ?? 0;
  const chosen = tests.filter(({ id }) => isWanted(id)).sort((one, other) => msOf(one) - msOf(other));
  const results = await runTests(chosen, { bail: !disableBail, around: () => {} });
  const outcome = { status: "complete", tests: results.map(resultOf) };
  return toMutantRunResult(determineHitLimitReached(names.hitCount, hitLimit) ?? outcome);
}

async function load(files) {
  loads += 1;
  const bundle = await import(`${pathToFileURL(path)}?${loads}`);
  const tests = [];
  await bundle.load(files, tests);
  return tests;
}

function resultOf({ test, ms, error }) {
  const base = { id: test.id, name: test.name, timeSpentMs: ms, fileName: resolve(test.suite.file) };
  if (error === undefined) return { ...base, status: 0 };
  return { ...base, status: 1, failureMessage: String(error?.stack ?? error) };
}
