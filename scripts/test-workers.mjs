// Tests packages/workers and the Workers of examples in workerd: `node scripts/test-workers.mjs [PATTERN…]`.
// --figures streams 1 GiB instead of 128 MiB. --miniflare 5 takes the wrangler that brings miniflare 5, and a Node that it
// accepts; 4 is the default. --matrix takes both, one after the other, and writes their part of docs/runtimes.md.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { startVitest } from "vitest/node";
import { ensureBuilt, ensureTools, root, runTool } from "./bootstrap.mjs";

/** The folder of each miniflare below tools/. */
const TOOLS = { 4: "workers", 5: "workers-5" };

const words = process.argv.slice(2);
if (words.includes("--matrix")) await runBoth();
const at = words.indexOf("--miniflare");
const miniflare = at < 0 ? "4" : words.splice(at, 2)[1];
if (!Object.hasOwn(TOOLS, miniflare)) {
  console.error(`--miniflare is ${Object.keys(TOOLS).join(" or ")}, not ${miniflare ?? "missing"}`);
  process.exit(1);
}
const patterns = words.filter((argument) => !argument.startsWith("--"));
const tools = `${root}tools/${TOOLS[miniflare]}/`;
const bundles = `${root}.cache/${TOOLS[miniflare]}/`;

await ensureBuilt();
ensureTools(TOOLS[miniflare]);
// Some tests run the package in Node, Deno and Bun.
const { binaries, ensureRuntimes } = await import("../tools/runtimes/install.mjs");
ensureRuntimes();
if (miniflare === "5" && isTooOld(process.version)) {
  const { status } = spawnSync(binaries.node24, process.argv.slice(1), { stdio: "inherit" });
  process.exit(status ?? 1);
}
for (const name of ["probe", "example", "smallest", "queue", "edges"]) bundle(name);
// With the wrangler.jsonc of the example itself: its queues and its Workflow are what is tested.
bundle("moves", `${root}examples/workers-queue/wrangler.jsonc`);
// The Workers, by the types of this wrangler; then the tests, which are programs of Node.
runTool("tsc", ["--noEmit", "-p", `${tools}tsconfig.json`]);
runTool("tsc", ["--noEmit", "-p", `${root}test/workers/tsconfig.json`]);

process.env.COSUP_MINIFLARE = miniflare;
process.env.COSUP_FIGURES = words.includes("--figures") ? "1" : "";
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
const allFailed = failed + broken + unhandled;
console.log(`workers, miniflare ${miniflare}: ${passed} passed, ${allFailed} failed`);
const versions = Object.fromEntries(
  ["miniflare", "workerd", "wrangler"].map((name) => [name, versionOf(`${tools}node_modules/${name}`)]),
);
const report = { ...versions, node: process.versions.node, passed, failed: allFailed };
writeFileSync(`${bundles}report.json`, JSON.stringify(report));
process.exit(allFailed > 0 || passed === 0 ? 1 : 0);

/** Runs all tests with each miniflare, and writes what they say if all have passed. */
async function runBoth() {
  const passed = Object.keys(TOOLS).map((version) => {
    const words = [process.argv[1], "--miniflare", version];
    return spawnSync(process.execPath, words, { stdio: "inherit" }).status === 0;
  });
  if (passed.includes(false)) process.exit(1);
  const reports = Object.values(TOOLS).map((name) =>
    JSON.parse(readFileSync(`${root}.cache/${name}/report.json`, "utf8")),
  );
  const { DIFFERENCES } = await import("../test/workers/differences.mjs");
  const { writeWorkersSection } = await import("./workers-page.mjs");
  writeWorkersSection(reports, DIFFERENCES);
  process.exit(0);
}

/** @param {string} folder of a package */
function versionOf(folder) {
  return JSON.parse(readFileSync(`${folder}/package.json`, "utf8")).version;
}

/** miniflare 5 needs Node 22.12. @param {string} version */
function isTooOld(version) {
  const [major, minor] = version.slice(1).split(".").map(Number);
  return major < 22 || (major === 22 && minor < 12);
}

/** Writes the bundle that `wrangler deploy` would upload to `.cache/<tools>/<name>`. */
function bundle(name, config = `${root}test/workers/fixtures/${name}.jsonc`) {
  const arguments_ = ["deploy", "--dry-run", "--outdir", `${bundles}${name}`, "--config", config];
  runTool("wrangler", arguments_, {
    folder: tools,
    cwd: tools,
    stdio: ["ignore", "ignore", "inherit"],
    env: environment(),
  });
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
