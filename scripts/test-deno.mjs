// The Deno adapter in real Deno against the emulator: `node scripts/test-deno.mjs [PATH]`, a file of test/deno or all.
// COSUP_FILTER=… runs the tests whose names contain it.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { binaries, ensureRuntimes } from "../tools/runtimes/install.mjs";
import { ensureBuilt, root } from "./bootstrap.mjs";

await ensureBuilt();
const deno = denoBinary();
// Imported after the build, because it imports built packages.
const { startServer } = await import("../test/deno/server.mjs");
const data = mkdtempSync(join(tmpdir(), "cosup-deno-emulator-"));
const server = await startServer(data);
const [path = "test/deno"] = process.argv.slice(2);
const filter = process.env.COSUP_FILTER;
const { code, text } = await denoTest([...(filter === undefined ? [] : [`--filter=${filter}`]), path]);
await server.close();
rmSync(data, { recursive: true, force: true });

const [, passed = "0", failed = "0"] = /(\d+) passed(?: \(.*?\))? \| (\d+) failed/.exec(text) ?? [];
console.log(`deno adapter: ${passed} passed, ${failed} failed`);
process.exitCode = code === 0 && Number(passed) > 0 ? 0 : 1;

/** Runs the tests. Prints and returns the output of Deno. */
function denoTest(options) {
  const child = spawn(deno, ["test", "--allow-all", ...options], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      DENO_DIR: join(root, ".cache/deno"),
      DENO_NO_UPDATE_CHECK: "1",
      NO_COLOR: "1",
      COSUP_EMULATOR: server.url,
      COSUP_EMULATOR_CONTROL: server.control,
      COSUP_NODE: process.execPath,
    },
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk) => {
    text += chunk;
    process.stdout.write(chunk);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ code: status ?? 1, text }));
  });
}

/** The Deno of tools/runtimes, or the one that DENO names. */
function denoBinary() {
  const { DENO } = process.env;
  if (DENO) return DENO;
  if (!ensureRuntimes()) throw new Error("Deno could not be installed; DENO=/path/to/deno names another");
  return binaries.deno;
}
