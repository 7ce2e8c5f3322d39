// The whole gate: build, types, lint, import directions, tests. `npm test -- PATTERN` runs the matching tests only.
import { bin, ensureBuilt, run } from "./bootstrap.mjs";

const patterns = process.argv.slice(2);
await ensureBuilt();
if (patterns.length === 0) {
  run(bin("turbo"), [
    "run",
    "typecheck",
    "--output-logs=errors-only",
    "--log-prefix=none",
    "--no-update-notifier",
  ]);
  run(bin("biome"), ["check", "."]);
  run(process.execPath, ["scripts/house.mjs"]);
}
run(bin("vitest"), ["run", ...patterns]);
