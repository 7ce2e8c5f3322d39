// npm run test:mutation [-- NAME… --concurrency N --force]: mutates the retry, resume and checkpoint code and runs the tests
// that cover each mutant. NAME selects files whose path contains it; --force also repeats mutants that have not changed
// since the last run. A run of all files writes docs/mutation.md.
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { cache, files, options } from "../tools/mutation/options.mjs";
import { page } from "../tools/mutation/page.mjs";
import { ensureBuilt, ensureTools, root } from "./bootstrap.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { concurrency: { type: "string", default: "2" }, force: { type: "boolean", default: false } },
});

await ensureBuilt();
ensureTools("mutation");

const mutate = files.filter(
  (file) => positionals.length === 0 || positionals.some((name) => file.includes(name)),
);
// Stryker uses the working directory.
process.chdir(root);
const { Stryker } = await import("../tools/mutation/node_modules/@stryker-mutator/core/dist/src/index.js");
const concurrency = Number(values.concurrency);
await new Stryker({ ...options, mutate, concurrency, force: values.force }).runMutationTest();

const report = JSON.parse(readFileSync(`${root}${cache}report.json`, "utf8"));
const { text, summary } = page(report);
if (mutate.length === files.length) writeFileSync(`${root}docs/mutation.md`, text);
console.log(summary);
