// The whole gate: build, types, lint, import directions, tests, and the suites in the other runtimes.
// `npm test -- PATTERN` runs the matching tests only.
import { bin, ensureBuilt, run } from "./bootstrap.mjs";
import { installCommand, missingPackages } from "./system-packages.mjs";

checkSystemPackages();
const patterns = process.argv.slice(2);
const quiet = ["--output-logs=errors-only", "--log-prefix=none", "--no-update-notifier"];

await ensureBuilt();
if (patterns.length > 0) {
  run(bin("vitest"), ["run", ...patterns]);
} else {
  step("types, lint, import directions");
  run(bin("turbo"), ["run", "typecheck", ...quiet]);
  run(bin("biome"), ["check", "."]);
  run(process.execPath, ["scripts/house.mjs"]);
  step("tests on Node");
  run(bin("vitest"), ["run"]);
  otherRuntimes();
}

/** Tests that need a program that is not here are skipped, but not in silence, and not in CI. */
function checkSystemPackages() {
  const missing = missingPackages();
  if (missing.length === 0) return;
  console.error(`cosup: tests that need ${missing.join(", ")} are SKIPPED; ${installCommand(missing)}`);
  if (process.env.CI === "true") process.exit(1);
}

/** The other runtimes' binaries are those of Linux on x64; there, and in CI, a suite that cannot run is a failure. */
function otherRuntimes() {
  if (process.env.CI !== "true" && !(process.platform === "linux" && process.arch === "x64")) {
    console.log("cosup: Deno, workerd, Bun and Node 24 are tested on Linux x64 only: SKIPPED here");
    return;
  }
  step("the contract in every runtime");
  run(process.execPath, ["scripts/test-contract.mjs"]);
  step("the Deno adapter in Deno");
  run(process.execPath, ["scripts/test-deno.mjs"]);
  step("the Workers adapter in workerd");
  run(process.execPath, ["scripts/test-workers.mjs"]);
}

function step(name) {
  console.log(`\n── ${name}`);
}
