// npm run test:model [-- --bound large]: visits every state of the protocol model within its bounds. It bundles the
// current sources, so that it never tests a stale build, and starts test/model/main.ts.
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { run } from "./bootstrap.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const outfile = `${root}node_modules/.cache/cosup-model/${process.pid}.mjs`;

await build({
  entryPoints: [`${root}test/model/main.ts`],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  conditions: ["source"],
  logLevel: "warning",
});
process.on("exit", () => rmSync(outfile, { force: true }));
run(process.execPath, ["--max-old-space-size=4096", outfile, ...process.argv.slice(2)]);
