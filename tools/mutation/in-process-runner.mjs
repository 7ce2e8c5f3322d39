// A test runner of Stryker that bundles the tests once and loads them again for every mutant, in a thread. Vitest starts
// a process and loads all modules for each mutant, which took 6 s of a busy core instead of a fraction of one.
import { resolve } from "node:path";
import { Worker } from "node:worker_threads";
import { bundleTests } from "./bundle-tests.mjs";
import { declareClassPlugin, PluginKind } from "./node_modules/@stryker-mutator/api/dist/src/plugin/index.js";

const judges = (process.env.COSUP_JUDGES ?? "").split(" ");
/** A mutant is over after this time, beside twice that of its tests: of the processor, or without any work. */
const LEAST_MS = 3_000;
const EVERY_MS = 250;

class InProcessRunner {
  #path = "";
  #worker;
  #durations = new Map();

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    this.#path = resolve(`packages/core/judges-${process.env.STRYKER_MUTATOR_WORKER ?? 0}.mjs`);
    await bundleTests(judges, this.#path);
  }

  async dryRun() {
    const result = await this.#ask("dryRun", {}, Number.POSITIVE_INFINITY);
    for (const { id, timeSpentMs } of result.tests) this.#durations.set(id, timeSpentMs);
    return result;
  }

  mutantRun(options) {
    const ids = options.testFilter ?? [...this.#durations.keys()];
    const ms = ids.reduce((sum, id) => sum + (this.#durations.get(id) ?? 0), 0);
    return this.#ask("mutantRun", options, LEAST_MS + 2 * ms);
  }

  async dispose() {
    await this.#worker?.terminate();
  }

  /** Ends the thread when it has used up its time. */
  async #ask(call, options, limitMs) {
    const workerData = { path: this.#path, judges };
    this.#worker ??= new Worker(new URL("judge-worker.mjs", import.meta.url), { workerData });
    const worker = this.#worker;
    const clock = new WorkClock(worker);
    let timer;
    const reply = await new Promise((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
      worker.postMessage({ call, options });
      timer = setInterval(() => {
        if (clock.longest() > limitMs) resolve(undefined);
      }, EVERY_MS);
    }).finally(() => {
      clearInterval(timer);
      worker.removeAllListeners("message").removeAllListeners("error");
    });
    if (reply === undefined) {
      await worker.terminate();
      this.#worker = undefined;
      return { status: "timeout", reason: "it does not end, or waits for ever" };
    }
    if (reply.error !== undefined) throw new Error(reply.error);
    return reply.result;
  }
}

/** Measures work instead of time, so that a busy machine does not matter. */
class WorkClock {
  #worker;
  #before = process.cpuUsage();
  #last;
  #idleMs = 0;

  constructor(worker) {
    this.#worker = worker;
    this.#last = worker.performance.eventLoopUtilization();
  }

  /** Milliseconds of the processor, or those for which the thread has had nothing to do lately. */
  longest() {
    const now = this.#worker.performance.eventLoopUtilization();
    const { active, idle } = performance.eventLoopUtilization(now, this.#last);
    this.#last = now;
    this.#idleMs = active < EVERY_MS / 10 && idle > 0 ? this.#idleMs + EVERY_MS : 0;
    const { user, system } = process.cpuUsage(this.#before);
    return Math.max((user + system) / 1000, this.#idleMs);
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, "in-process", InProcessRunner)];
