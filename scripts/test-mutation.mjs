// npm run test:mutation [-- NAME… --concurrency N --force]: mutants of the retry, resume and checkpoint code, each
// judged by the tests that reach it. NAME limits it to the files whose path contains it; --force runs again what did not
// change since the last time. A run of all files writes docs/mutation.md.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { cache, files, options } from "../tools/mutation/options.mjs";
import { page } from "../tools/mutation/page.mjs";
import { ensureBuilt, root, run } from "./bootstrap.mjs";

const tools = `${root}tools/mutation/`;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { concurrency: { type: "string", default: "2" }, force: { type: "boolean", default: false } },
});

await ensureBuilt();
if (!isInstalled()) {
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  run("npm", ["ci", ...flags], { cwd: tools, stdio: ["ignore", "ignore", "inherit"] });
}

const mutate = files.filter(
  (file) => positionals.length === 0 || positionals.some((name) => file.includes(name)),
);
// Stryker works where it is started.
process.chdir(root);
const { Stryker } = await import("../tools/mutation/node_modules/@stryker-mutator/core/dist/src/index.js");
const concurrency = Number(values.concurrency);
await new Stryker({ ...options, mutate, concurrency, force: values.force }).runMutationTest();

const report = JSON.parse(readFileSync(`${root}${cache}report.json`, "utf8"));
const { text, summary } = page(report);
if (mutate.length === files.length) writeFileSync(`${root}docs/mutation.md`, text);
console.log(summary);

function isInstalled() {
  const installed = `${tools}node_modules/.package-lock.json`;
  if (!existsSync(installed)) return false;
  const have = JSON.parse(readFileSync(installed, "utf8")).packages;
  const want = JSON.parse(readFileSync(`${tools}package-lock.json`, "utf8")).packages;
  return Object.entries(want).every(
    ([path, entry]) => path === "" || entry.optional || have[path]?.version === entry.version,
  );
}
