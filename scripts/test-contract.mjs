// The contract suite in every runtime: `npm run test:contract`, or `npm run test:contract -- deno node24` for some.
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

const asked = process.argv.slice(2);
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
const { caseNames, emulatorSetup, settingsFor } = await import(`${bundles}manifest.mjs`);

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
    return complete(await runtimes[name].launch(settingsFor(emulator.url)));
  } finally {
    await emulator.close();
    await rm(data, { recursive: true, force: true });
  }
}

/** Node 20 is what everything else here runs on; the others are installed. */
function isHere(name) {
  return name === "node20" ? process.version.startsWith("v20.") : existsSync(runtimes[name].binary);
}

/** A case without a verdict has failed: its runtime ended before it. */
function complete(verdicts) {
  const judged = new Set(verdicts.map(({ name }) => name));
  const missing = caseNames.filter((name) => !judged.has(name));
  return [...verdicts, ...missing.map((name) => ({ name, passed: false, message: "no verdict" }))];
}

function showFailures(runtime, verdicts) {
  for (const { name, passed, message } of verdicts) {
    if (passed) continue;
    const text = String(message).replaceAll(root, "").replaceAll("\n", "\n    ");
    console.error(`${runtime}: FAILED ${name}\n    ${text}`);
  }
}

/** Prints the runtime's line. @returns how many failed */
function summarise(runtime, verdicts) {
  const failures = verdicts.filter(({ passed }) => !passed).length;
  console.log(`${runtime}: ${verdicts.length - failures} passed, ${failures} failed`);
  return failures;
}

/** The cases that one runtime has and another has not, or that they judge differently. */
function compare(all) {
  const [first, ...others] = [...all].map(([name, verdicts]) => [
    name,
    new Map(verdicts.map(({ name: contract, passed }) => [contract, passed])),
  ]);
  if (first === undefined) return [];
  const [reference, expected] = first;
  return others.flatMap(([name, found]) =>
    [...new Set([...expected.keys(), ...found.keys()])]
      .filter((contract) => expected.get(contract) !== found.get(contract))
      .map((contract) => `${reference} and ${name} disagree about: ${contract}`),
  );
}
