// npm run test:chaos [-- --seeds 10000] [--base N] [--seed N [--faults 3,17] [--scale 0.5] [--operations 1]] [--soak MINUTES]:
// runs the client against the emulator in virtual time with seeded faults. The program is
// test/chaos/campaign/main.ts.
import { spawn } from "node:child_process";
import { bundleTest } from "./bundle-test.mjs";

const program = await bundleTest("test/chaos/campaign/main.ts");
const child = spawn(process.execPath, ["--enable-source-maps", program, ...process.argv.slice(2)], {
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code) => process.exit(code ?? 1));
