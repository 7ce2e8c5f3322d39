// The contract suite in every runtime: `npm run test:contract`, or `npm run test:contract -- deno node24` for some;
// `-- deno --only "a generator"` runs some of the cases, `-- --short` those runtimes that `npm test` has. `npm run test:matrix`
// also has further releases of Node and compatibility dates of Workers, and writes docs/runtimes.md.
// Prints one line per runtime. Exits with 1 if a case fails or if two runtimes disagree.
import { existsSync } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeAlpnSection } from "./alpn-page.mjs";
import { ensureBuilt, root, runTool } from "./bootstrap.mjs";
import { LONG_RUNTIMES } from "./long-tests.mjs";
import { installCommand, SYSTEM_PACKAGES } from "./system-packages.mjs";

await ensureBuilt();
// The packages can be imported only after the build.
const { ensureMatrix, ensureRuntimes } = await import("../tools/runtimes/install.mjs");
const { matrix, runtimes: usualRuntimes } = await import("../tools/runtimes/launch.mjs");
const { bundleForNode, bundles } = await import("../tools/runtimes/bundle.mjs");
const { startEmulator } = await import("../packages/emulator/dist/index.js");
const { recordHandshakes } = await import("../test/fixtures/handshakes.mjs");

/** Runtimes that run at the same time. */
const AT_ONCE = 2;

const words = process.argv.slice(2);
const at = words.indexOf("--only");
/** Run only cases whose names contain this text. */
const only = at < 0 ? undefined : words.splice(at, 2)[1];
const isShort = words.includes("--short");
const isMatrix = words.includes("--matrix");
const runtimes = isMatrix ? { ...usualRuntimes, ...matrix } : usualRuntimes;
const asked = words.filter((word) => !["--short", "--matrix"].includes(word));
const unknown = asked.filter((name) => !Object.hasOwn(runtimes, name));
if (unknown.length > 0) {
  console.error(`no runtime is named ${unknown.join(", ")}; there are ${Object.keys(runtimes).join(", ")}`);
  process.exit(1);
}
const usual = Object.keys(runtimes).filter((name) => !isShort || !LONG_RUNTIMES.includes(name));
const names = asked.length > 0 ? asked : usual;
// A missing runtime is skipped, except in CI or if it was named in the arguments.
const strict = asked.length > 0 || process.env.CI === "true";

// The runners cannot be one program, because the types of Node and Deno exclude each other.
for (const program of ["tsconfig.json", "tsconfig.cases.json", "tsconfig.deno.json"])
  runTool("tsc", ["-p", `test/contract/${program}`]);
if (names.some((name) => runtimes[name].binary !== undefined)) ensureRuntimes();
if (isMatrix) ensureMatrix();
await bundleForNode();
const { caseNames: allCases, needs, emulatorSetup, settingsFor } = await import(`${bundles}case-names.mjs`);

const caseNames = allCases.filter((name) => only === undefined || name.includes(only));
const reports = new Map();
/** What each runtime offered by ALPN, by its name. */
const offers = new Map();
let broken = false;
const waiting = [...names];
// One runtime alone leaves a third of two cores idle: it waits for its emulator, and for what a case waits for.
await Promise.all(Array.from({ length: AT_ONCE }, runWaiting));
const disagreements = compare(reports);
for (const line of disagreements) console.error(line);
const failed = [...reports].map(([name, verdicts]) => summarise(name, verdicts)).some((count) => count > 0);
// Of all of them, or it would say less than it seems to.
if (isMatrix && asked.length === 0 && !broken) {
  if (names.every((name) => offers.get(name)?.cosup !== undefined))
    writeAlpnSection(names.map((name) => ({ name, ...offers.get(name) })));
  const { writeRuntimes } = await import("./runtimes-page.mjs");
  // In the order in which they are named, and not in the one in which they end.
  const inOrder = new Map(names.filter((name) => reports.has(name)).map((name) => [name, reports.get(name)]));
  if (only === undefined) await writeRuntimes(inOrder, { runtimes, needs, disagreements });
}
process.exit(broken || failed || disagreements.length > 0 || reports.size === 0 ? 1 : 0);

/** Runs the contract in one runtime after the other, until none waits. */
async function runWaiting() {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    console.error(`${name} …`);
    try {
      const verdicts = await runIn(name);
      reports.set(name, verdicts);
      showFailures(name, verdicts);
    } catch (error) {
      console.error(`${name}: ${error.message}`);
      broken ||= strict || isHere(name);
    }
  }
}

async function runIn(name) {
  if (!isHere(name)) throw new Error(`SKIPPED: is not here (${whereFrom(name)})`);
  const data = await mkdtemp(join(tmpdir(), "cosup-contract-"));
  // With its links resolved: Deno may write to this folder only.
  const folder = await realpath(await mkdtemp(join(tmpdir(), "cosup-contract-files-")));
  const emulator = await startEmulator({ data, ...emulatorSetup, ...runtimes[name].emulator });
  const [cosup, fetched] = [await recordHandshakes(), await recordHandshakes()];
  const untrusted = { cosup: cosup.origin, fetch: fetched.origin };
  try {
    const settings = { ...settingsFor(emulator.url, untrusted), folder, only };
    const verdicts = complete(name, await runtimes[name].launch(settings));
    if (cosup.requests > 0) throw new Error("a server that nobody trusts got a request");
    offers.set(name, { cosup: cosup.offered, fetch: fetched.offered });
    return verdicts;
  } finally {
    cosup.close();
    fetched.close();
    await emulator.close();
    for (const path of [data, folder]) await rm(path, { recursive: true, force: true });
  }
}

/** Whether a runtime is available: Node 20 is the current process, the others are installed below tools/. */
function isHere(name) {
  return name.startsWith("node20") ? process.version.startsWith("v20.") : existsSync(runtimes[name].binary);
}

function whereFrom(name) {
  const debian = SYSTEM_PACKAGES[runtimes[name].binary];
  return debian === undefined ? "tools/runtimes has the runtimes for Linux on x64" : installCommand([debian]);
}

/** Adds failures for cases without a verdict, whose runtime exited before, and for cases that must not be absent. */
function complete(runtime, all) {
  const lacks = runtimes[runtime].lacks ?? [];
  const verdicts = all.map((verdict) =>
    verdict.absent && !lacks.includes(needs[verdict.name])
      ? { name: verdict.name, passed: false, message: "absent, although the runtime has what it needs" }
      : verdict,
  );
  const judged = new Set(verdicts.map(({ name }) => name));
  const missing = caseNames.filter((name) => !judged.has(name));
  return [...verdicts, ...missing.map((name) => ({ name, passed: false, message: "no verdict" }))];
}

function showFailures(runtime, verdicts) {
  for (const { name, passed, absent, message } of verdicts) {
    if (passed || absent) continue;
    const text = String(message).replaceAll(root, "").replaceAll("\n", "\n    ");
    console.error(`${runtime}: FAILED ${name}\n    ${text}`);
  }
}

/** Prints the line of a runtime. @returns the number of failed cases */
function summarise(runtime, verdicts) {
  const passed = verdicts.filter((verdict) => verdict.passed).length;
  const absent = verdicts.filter((verdict) => verdict.absent).length;
  const failed = verdicts.length - passed - absent;
  console.log(`${runtime}: ${passed} passed, ${failed} failed, ${absent} absent`);
  return failed;
}

/** Describes the cases with different verdicts in two runtimes, and those that no runtime ran. */
function compare(all) {
  const byName = [...all].map(([name, verdicts]) => [
    name,
    new Map(verdicts.map((verdict) => [verdict.name, verdict])),
  ]);
  const complete = Object.keys(runtimes).every((name) => all.has(name));
  return caseNames.flatMap((contract) => {
    const present = byName.flatMap(([name, verdicts]) => {
      const verdict = verdicts.get(contract);
      return verdict === undefined || verdict.absent ? [] : [{ name, passed: verdict.passed }];
    });
    const [first, ...others] = present;
    if (first === undefined) return complete ? [`no runtime has: ${contract}`] : [];
    return others
      .filter(({ passed }) => passed !== first.passed)
      .map(({ name }) => `${first.name} and ${name} disagree about: ${contract}`);
  });
}
