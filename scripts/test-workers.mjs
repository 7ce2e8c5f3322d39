// Tests packages/workers and the Workers of examples in workerd: `node scripts/test-workers.mjs [--figures] [PATTERN…]`.
// --figures streams 1 GiB instead of 128 MiB.
import { startVitest } from "vitest/node";
import { ensureBuilt, ensureTools, root, runTool } from "./bootstrap.mjs";

const tools = `${root}tools/workers/`;
const bundles = `${root}.cache/workers/`;
const patterns = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const options = { cwd: tools, stdio: ["ignore", "ignore", "inherit"], env: environment() };

await ensureBuilt();
ensureTools("workers");
// Some tests run the package in Node, Deno and Bun.
(await import("../tools/runtimes/install.mjs")).ensureRuntimes();
for (const name of ["probe", "example", "smallest", "queue"]) bundle(name);
// With the wrangler.jsonc of the example itself: its queues and its Workflow are what is tested.
bundle("moves", `${root}examples/workers-queue/wrangler.jsonc`);
runTool("tsc", ["--noEmit", "-p", `${tools}tsconfig.json`]);

process.env.COSUP_FIGURES = process.argv.includes("--figures") ? "1" : "";
const vitest = await startVitest("test", patterns, {
  root,
  config: `${root}test/workers/vitest.config.ts`,
  watch: false,
});
const cases = vitest.state.getTestModules().flatMap((module) => [...module.children.allTests()]);
const passed = cases.filter((test) => test.result().state === "passed").length;
const failed = cases.filter((test) => test.result().state === "failed").length;
const broken = vitest.state.getTestModules().filter((module) => module.errors().length > 0).length;
const unhandled = vitest.state.getUnhandledErrors().length;
await vitest.close();
console.log(`workers: ${passed} passed, ${failed + broken + unhandled} failed`);
process.exit(failed + broken + unhandled > 0 || passed === 0 ? 1 : 0);

/** Writes the bundle that `wrangler deploy` would upload to `.cache/workers/<name>`. */
function bundle(name, config = `${root}test/workers/fixtures/${name}.jsonc`) {
  const arguments_ = ["deploy", "--dry-run", "--outdir", `${bundles}${name}`, "--config", config];
  runTool("wrangler", arguments_, { folder: tools, ...options });
}

function environment() {
  return {
    ...process.env,
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_LOG_PATH: `${bundles}logs`,
    DO_NOT_TRACK: "1",
    CI: "1",
    npm_config_update_notifier: "false",
  };
}
