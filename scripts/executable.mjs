// npm run executable [-- --out FILE --measure]: the CLI with its runtime as one file for Linux x64, made by Bun. With --measure, the
// size and the start-up beside `node bin/cosup.js` go into packages/cli/README.md.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ensureBuilt, root } from "./bootstrap.mjs";

const ENTRY = `${root}packages/cli/bin/cosup.js`;
const BUNDLE = `${root}scripts/executable-bundle.mjs`;
const PAGE = `${root}packages/cli/README.md`;
const RUNS = 15;

const { values } = parseArgs({
  options: {
    out: { type: "string", default: `${root}.cache/executable/cosup` },
    measure: { type: "boolean", default: false },
  },
});
if (process.platform !== "linux" || process.arch !== "x64") {
  console.error("cosup: the executable is made on Linux x64 only; tools/runtimes has Bun for it");
  process.exit(1);
}
await ensureBuilt();
const { binaries, ensureRuntimes } = await import("../tools/runtimes/install.mjs");
ensureRuntimes();

const out = resolve(values.out);
mkdirSync(dirname(out), { recursive: true });
execFileSync(binaries.bun, [BUNDLE, out], { stdio: ["ignore", "ignore", "inherit"] });
// A module that looks for a file in this folder works here, and on no other machine.
if (readFileSync(out).includes(root)) throw new Error(`${out} refers to ${root}`);
const size = `${(statSync(out).size / 1024 ** 2).toFixed(0)} MiB`;
console.log(`${out}: ${size}`);
if (values.measure) writeFigures();

function writeFigures() {
  const ours = [];
  const node = [];
  for (let run = 0; run < RUNS; run += 1) {
    ours.push(startMs(out, ["version"]));
    node.push(startMs(process.execPath, [ENTRY, "version"]));
  }
  const ratio = (median(ours) / median(node)).toFixed(2);
  const text = `It has ${size}; \`cosup version\` takes ${ratio} × the time of Node ${process.version} with \`bin/cosup.js\` (${cpus()[0]?.model.trim()}).`;
  const page = readFileSync(PAGE, "utf8");
  const parts = /(<!-- executable: [^>]*-->\n)[^<]*(<!-- end -->)/;
  if (!parts.test(page)) throw new Error(`${PAGE} has no place for the figures`);
  writeFileSync(
    PAGE,
    page.replace(parts, (_, begin, end) => `${begin}${text}\n${end}`),
  );
  console.log(text);
}

/** @param {string} program @param {string[]} words */
function startMs(program, words) {
  const start = performance.now();
  const { status } = spawnSync(program, words, { stdio: "ignore" });
  if (status !== 0) throw new Error(`${program} exited with ${status}`);
  return performance.now() - start;
}

/** @param {number[]} values */
function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
