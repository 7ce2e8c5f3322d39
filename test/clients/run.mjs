// npm run test:clients [-- --checkout DIR]: runs other official clients against the emulator, from checkouts of their
// sources in DIR/cos-python-sdk-v5, DIR/coscmd, DIR/cos-go-sdk-v5, DIR/coscli. What cannot run is listed with the reason;
// exits 1 only if a client that ran disagrees with the emulator. PYTHON names the interpreter, PYTHONPATH its packages.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { startEmulator } from "@cosup/emulator";
import { hasCommand } from "../../scripts/system-packages.mjs";
import { CLIENTS } from "./clients.mjs";

const BUCKET = "clients-1250000000";
const KEYS = { secretId: "AKIDclients", secretKey: "secret-of-clients" };

const { values } = parseArgs({ options: { checkout: { type: "string" } } });
const checkout = values.checkout === undefined ? undefined : resolve(values.checkout);
const directory = mkdtempSync(join(tmpdir(), "cosup-clients-"));
const emulator = await startEmulator({
  data: join(directory, "cos"),
  buckets: [BUCKET],
  credentials: [KEYS],
});
try {
  for (const client of CLIENTS) {
    const outcome = await outcomeOf(client);
    console.log(`${client.name}: ${outcome}`);
    if (outcome.startsWith("FAILED")) process.exitCode = 1;
  }
} finally {
  await emulator.close();
  rmSync(directory, { recursive: true, force: true });
}

/** @param {import("./clients.mjs").Client} client */
async function outcomeOf(client) {
  if (checkout === undefined) return "not run: no --checkout DIR";
  const missing = client.sources.filter((name) => !existsSync(join(checkout, name)));
  if (missing.length > 0) return `not run: no checkout of ${missing.join(", ")}`;
  if (!hasCommand(client.toolchain)) return `not run: ${client.toolchain} is not in PATH`;
  const own = join(directory, client.name);
  mkdirSync(own);
  const place = { checkout, directory: own, bucket: BUCKET, keys: KEYS, run: runIn(own) };
  try {
    await client.prepare(place);
  } catch (error) {
    return `not run: ${lastLine(error)}`;
  }
  try {
    await client.use(place);
    return "passed";
  } catch (error) {
    return `FAILED: ${error instanceof Error ? error.message : error}`;
  }
}

/** Runs programs with the emulator as their HTTP proxy. @param {string} home */
function runIn(home) {
  /** @type {import("./clients.mjs").Place["run"]} */
  return (command, args, more = {}, cwd = home) => {
    const proxy = { http_proxy: emulator.url, HTTP_PROXY: emulator.url, no_proxy: "", NO_PROXY: "" };
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, HOME: home, ...proxy, ...more },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 300_000,
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output += chunk;
      });
    }
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (status, signal) => {
        if (status === 0) resolve(output);
        else reject(new Error(`${command} ${args.slice(0, 2).join(" ")}: ${status ?? signal}\n${output}`));
      });
    });
  };
}

/** @param {unknown} error */
function lastLine(error) {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split("\n").at(-1) ?? "";
}
