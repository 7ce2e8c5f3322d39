// How long the emulator takes to start: in a process that has imported it, and as a command until it accepts connections, beside
// s3rver and Azurite, which this script installs into bench/.cache.   node bench/emulator/start.mjs [--rounds N]
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const PEERS = { s3rver: "3.7.1", azurite: "3.37.0" };
const root = fileURLToPath(new URL("../../", import.meta.url));
const peers = join(root, "bench/.cache/emulator-peers");
const cosup = join(root, "packages/cli/bin/cosup.js");
const { values } = parseArgs({ options: { rounds: { type: "string", default: "9" } } });
const rounds = Number(values.rounds);

installPeers();
console.log(
  `Node ${process.version}, load ${loadavg()[0]?.toFixed(2)}, median of ${rounds}, lowest … highest`,
);
let missed = 0;
await inProcess("in memory", {});
await inProcess("with data", { data: true });
const bin = (name) => join(peers, "node_modules", name);
const commands = {
  "cosup emulator --memory": (port) => [cosup, "emulator", "--memory", "--port", port],
  "cosup emulator": (port, data) => [cosup, "emulator", "--data", data, "--port", port],
  s3rver: (port, data) => [bin("s3rver/bin/s3rver.js"), "-p", port, "-d", data, "--silent"],
  azurite: (port, data) => [
    bin("azurite/dist/src/blob/main.js"),
    ...["--blobPort", port, "--location", data, "--silent", "--skipApiVersionCheck"],
  ],
  "node -e 0": undefined,
};
const times = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
for (let round = 0; round < rounds; round += 1) {
  const names = Object.keys(commands);
  for (const name of round % 2 === 0 ? names : names.toReversed())
    times[name].push(await commandMs(commands[name]));
}
for (const [name, list] of Object.entries(times))
  report(name, list, name.startsWith("cosup") ? 300 : undefined);
process.exitCode = missed === 0 ? 0 : 1;

function installPeers() {
  const wanted = JSON.stringify({ private: true, dependencies: PEERS });
  if (existsSync(join(peers, "node_modules"))) return;
  mkdirSync(peers, { recursive: true });
  writeFileSync(join(peers, "package.json"), wanted);
  const { status } = spawnSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: peers,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) console.log("the peers cannot be installed here, and are left out");
}

/** startEmulator() in a fresh process each time, import apart. @param {string} what @param {{ data?: boolean }} options */
async function inProcess(what, { data = false }) {
  const emulator = pathToFileURL(join(root, "packages/emulator/dist/index.js")).href;
  const list = [];
  for (let round = 0; round < rounds; round += 1) {
    const folder = mkdtempSync(join(tmpdir(), "cosup-start-"));
    const script = `const { startEmulator } = await import(${JSON.stringify(emulator)});
      const began = performance.now();
      const emulator = await startEmulator(${JSON.stringify(data ? { data: join(folder, "data") } : {})});
      console.log(performance.now() - began);
      await emulator.close();`;
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      encoding: "utf8",
    });
    list.push(Number(stdout));
    rmSync(folder, { recursive: true });
  }
  report(`startEmulator() ${what}`, list, data ? undefined : 10);
}

/** From the start of the process to its first response. @param {((port: string, data: string) => string[]) | undefined} command */
async function commandMs(command) {
  const folder = mkdtempSync(join(tmpdir(), "cosup-start-"));
  const port = String(20_000 + Math.floor(Math.random() * 20_000));
  const began = performance.now();
  const words = command?.(port, join(folder, "data")) ?? ["-e", "0"];
  if (!existsSync(words[0] ?? "") && command !== undefined) return Number.NaN;
  mkdirSync(join(folder, "data"));
  const child = spawn(process.execPath, words, { stdio: "ignore" });
  const exit = once(child, "exit");
  if (command !== undefined) await firstResponse(port, child);
  else await exit;
  const took = performance.now() - began;
  child.kill("SIGKILL");
  await exit;
  rmSync(folder, { recursive: true });
  return took;
}

/** @param {string} port @param {import("node:child_process").ChildProcess} child */
async function firstResponse(port, child) {
  while (child.exitCode === null) {
    const response = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    if (response !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error(`it ended with ${child.exitCode}`);
}

/** @param {string} what @param {number[]} list @param {number} [limit] */
function report(what, list, limit) {
  const sorted = list.toSorted((a, b) => a - b);
  const median = sorted[sorted.length >> 1] ?? Number.NaN;
  const reached = limit === undefined || median <= limit;
  if (!reached) missed += 1;
  const mark = limit === undefined ? "       " : reached ? "reached" : "MISSED ";
  console.log(
    `${mark} ${what}: ${median.toFixed(1)} ms, ${sorted[0]?.toFixed(1)} … ${sorted.at(-1)?.toFixed(1)}`,
  );
}
