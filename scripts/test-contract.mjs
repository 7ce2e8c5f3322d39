// The contract suite in every runtime: `npm run test:contract`, or `npm run test:contract -- deno node24` for some;
// `-- deno --only "a generator"` runs some of the cases.
// Ends with one line per runtime; exits 1 when a case fails, or when two runtimes do not say the same.
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bin, ensureBuilt, root, run } from "./bootstrap.mjs";

await ensureBuilt();
// Only after that are there packages to import.
const { ensureRuntimes } = await import("../tools/runtimes/install.mjs");
const { runtimes } = await import("../tools/runtimes/launch.mjs");
const { bundleForNode, bundles } = await import("../tools/runtimes/bundle.mjs");
const { startEmulator } = await import("../packages/emulator/dist/index.js");

const words = process.argv.slice(2);
const at = words.indexOf("--only");
/** Only the cases whose names contain this. */
const only = at < 0 ? undefined : words.splice(at, 2)[1];
const asked = words;
const unknown = asked.filter((name) => !Object.hasOwn(runtimes, name));
if (unknown.length > 0) {
  console.error(`no runtime is named ${unknown.join(", ")}; there are ${Object.keys(runtimes).join(", ")}`);
  process.exit(1);
}
const names = asked.length > 0 ? asked : Object.keys(runtimes);
// A missing runtime may be skipped by somebody's laptop, never by CI or when it was asked for.
const strict = asked.length > 0 || process.env.CI === "true";

// Runners of different runtimes cannot be one program: Node's types and Deno's exclude each other.
for (const program of ["tsconfig.json", "tsconfig.cases.json", "tsconfig.deno.json"])
  run(bin("tsc"), ["-p", `test/contract/${program}`]);
if (names.some((name) => runtimes[name].binary !== undefined)) ensureRuntimes();
await bundleForNode();
const { caseNames: allCases, needs, emulatorSetup, settingsFor } = await import(`${bundles}manifest.mjs`);

const caseNames = allCases.filter((name) => only === undefined || name.includes(only));
const reports = new Map();
let broken = false;
for (const name of names) {
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
const disagreements = compare(reports);
for (const line of disagreements) console.error(line);
const failed = [...reports].map(([name, verdicts]) => summarise(name, verdicts)).some((count) => count > 0);
process.exit(broken || failed || disagreements.length > 0 || reports.size === 0 ? 1 : 0);

async function runIn(name) {
  if (!isHere(name)) throw new Error("is not here (tools/runtimes has the runtimes for Linux on x64)");
  const data = await mkdtemp(join(tmpdir(), "cosup-contract-"));
  const emulator = await startEmulator({ data, ...emulatorSetup });
  try {
    return complete(name, await runtimes[name].launch({ ...settingsFor(emulator.url), only }));
  } finally {
    await emulator.close();
    await rm(data, { recursive: true, force: true });
  }
}

/** Node 20 is what everything else here runs on; the others are installed. */
function isHere(name) {
  return name === "node20" ? process.version.startsWith("v20.") : existsSync(runtimes[name].binary);
}

/** A case without a verdict has failed: its runtime ended before it. So has one that must not be absent. */
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

/** Prints the runtime's line. @returns how many failed */
function summarise(runtime, verdicts) {
  const passed = verdicts.filter((verdict) => verdict.passed).length;
  const absent = verdicts.filter((verdict) => verdict.absent).length;
  const failed = verdicts.length - passed - absent;
  console.log(`${runtime}: ${passed} passed, ${failed} failed, ${absent} absent`);
  return failed;
}

/** The cases that two runtimes judge differently, and those that none of them has. */
function compare(all) {
  const byName = [...all].map(([name, verdicts]) => [
    name,
    new Map(verdicts.map((verdict) => [verdict.name, verdict])),
  ]);
  const complete = all.size === Object.keys(runtimes).length;
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
