// npm run test:chaos [-- --seeds 10000] [--base N] [--seed N [--faults 3,17] [--scale 0.5] [--operations 1]] [--soak MINUTES]:
// runs the client against the emulator in virtual time with seeded faults. It bundles the current sources, so that a run
// never tests a stale build, and starts test/chaos/campaign.
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const outfile = `${root}node_modules/.cache/cosup-chaos/${process.pid}.mjs`;

await build({
  entryPoints: [`${root}test/chaos/campaign/main.ts`],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  conditions: ["source"],
  sourcemap: "inline",
  logLevel: "warning",
  // CommonJS dependencies need require().
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
});

const child = spawn(process.execPath, ["--enable-source-maps", outfile, ...process.argv.slice(2)], {
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code) => {
  rmSync(outfile, { force: true });
  process.exit(code ?? 1);
});
