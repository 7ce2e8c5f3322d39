// What must be green: build, types, lint, import directions, words, tests, and the suites in the other runtimes. Without the
// long tests, unless CI=true or with --all. `npm test -- PATH…` runs the tests below these paths, each with its runner.
import { existsSync, readdirSync } from "node:fs";
import { ensureBuilt, ensureTools, root, run, runTool } from "./bootstrap.mjs";
import { runLanes } from "./lanes.mjs";
import { LONG_RUNTIMES, LONG_TESTS } from "./long-tests.mjs";
import { installCommand, missingPackages } from "./system-packages.mjs";

const CONTRACT = "scripts/test-contract.mjs";
const DENO = "scripts/test-deno.mjs";
const WORKERS = "scripts/test-workers.mjs";
const PACKAGES = "scripts/test-packages.mjs";

/** What differs between the two versions of miniflare. `npm run test:matrix` has all of the Workers tests in both. */
const MINIFLARE_5 = [WORKERS, "--miniflare", "5", "edges", "budget"];

/** Tests that vitest does not run, with their runners. */
const RUNNERS = [
  { below: "test/contract", command: () => [CONTRACT, "node20"] },
  { below: "test/deno", command: (/** @type {string} */ path) => [DENO, path] },
  { below: "packages/deno", command: () => [DENO] },
  { below: "test/workers", command: (/** @type {string} */ path) => [WORKERS, path] },
  { below: "test/packages", command: () => [PACKAGES] },
  { below: "examples/workers", command: (/** @type {string} */ path) => [WORKERS, path] },
  { below: "examples/workers-queue", command: () => [WORKERS, "queue", "moves", "workflow"] },
];

checkSystemPackages();
await ensureBuilt();
const words = process.argv.slice(2);
const paths = words.filter((word) => word !== "--all");
if (paths.length > 0) runSome(paths);
else await runAll(words.includes("--all") || process.env.CI === "true");

/** @param {readonly string[]} given paths or parts of paths */
function runSome(given) {
  const plain = given.map((path) => path.replace(root, "").replaceAll("\\", "/").replace(/^\.\//, ""));
  const runnerOf = (/** @type {string} */ path) =>
    RUNNERS.find(({ below }) => path === below || path.startsWith(`${below}/`));
  const others = plain.filter((path) => runnerOf(path) === undefined);
  if (others.length > 0) runTool("vitest", ["run", ...others]);
  for (const path of plain) {
    const runner = runnerOf(path);
    if (runner !== undefined) run(process.execPath, runner.command(path));
  }
}

/** @param {boolean} withLong whether the long tests run, too */
async function runAll(withLong) {
  step("types, lint, import directions, words");
  runTool("turbo", [
    "run",
    "typecheck",
    "--output-logs=errors-only",
    "--log-prefix=none",
    "--no-update-notifier",
  ]);
  for (const folder of typedTests()) runTool("tsc", ["--noEmit", "-p", folder]);
  runTool("biome", ["check", "."]);
  run(process.execPath, ["scripts/check-imports.mjs"]);
  run(process.execPath, ["scripts/check-words.mjs"]);
  run(process.execPath, ["scripts/man.mjs", "--check"]);
  run(process.execPath, ["scripts/flag-tables.mjs", "--check"]);
  step("the packed packages, in short; npm run test:packages has all");
  run(process.execPath, [PACKAGES, "--short"]);
  // The binaries of the other runtimes are for Linux x64. There, and in CI, a suite that cannot run is a failure.
  const hasRuntimes = process.env.CI === "true" || (process.platform === "linux" && process.arch === "x64");
  if (hasRuntimes) {
    // Installed before any test starts: the code of the documents runs in them too, and two lanes must not install into
    // the same folder.
    ensureTools("workers");
    (await import("../tools/runtimes/install.mjs")).ensureRuntimes();
  }
  step("tests on Node, and the code of the documents");
  runTool("vitest", ["run", ...(withLong ? [] : LONG_TESTS.flatMap((path) => ["--exclude", path]))]);
  if (!hasRuntimes) {
    console.log("cosup: Deno, workerd, Bun and Node 24 are tested on Linux x64 only: SKIPPED here");
    return;
  }
  step("the contract in every runtime, the adapters in Deno and workerd: some minutes");
  const passed = await runLanes([
    [{ name: "the contract in every runtime", command: [CONTRACT, ...(withLong ? [] : ["--short"])] }],
    [
      { name: "the Workers adapter in workerd", command: [WORKERS] },
      ...(withLong ? [{ name: "the same with miniflare 5, in short", command: MINIFLARE_5 }] : []),
      { name: "the Deno adapter in Deno", command: [DENO] },
    ],
  ]);
  if (!passed) process.exit(1);
  if (!withLong) {
    const left = [...LONG_TESTS, ...LONG_RUNTIMES.map((name) => `the contract in ${name}`)];
    console.log(
      `cosup: left out, as they take minutes: ${left.join(", ")}; npm run test:all runs them, and so does CI`,
    );
  }
}

/** Test folders with their own tsconfig.json. test-contract.mjs and test-workers.mjs check their own folders. */
function typedTests() {
  const across = readdirSync(`${root}test`).filter((name) => name !== "contract" && name !== "workers");
  const packages = readdirSync(`${root}packages`);
  return [...across.map((name) => `test/${name}`), ...packages.map((name) => `packages/${name}/test`)].filter(
    (folder) => existsSync(`${root}${folder}/tsconfig.json`),
  );
}

/** Prints which tests are skipped because a program is missing. In CI, exits with 1 instead. */
function checkSystemPackages() {
  const missing = missingPackages();
  if (missing.length === 0) return;
  console.error(`cosup: tests that need ${missing.join(", ")} are SKIPPED; ${installCommand(missing)}`);
  if (process.env.CI === "true") process.exit(1);
}

/** @param {string} name */
function step(name) {
  console.log(`\n── ${name}`);
}
