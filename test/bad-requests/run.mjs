// node test/bad-requests/run.mjs [--count 200000] [--seed N] [--first N]: sends damaged requests to the emulator without
// sockets. Exits 1 if one is met with a crash, a status 500, or a secret in a log line.
import { spawn } from "node:child_process";
import { bundleTest } from "../../scripts/bundle-test.mjs";

const program = await bundleTest("test/bad-requests/main.ts");
const child = spawn(process.execPath, ["--enable-source-maps", program, ...process.argv.slice(2)], {
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code) => process.exit(code ?? 1));
