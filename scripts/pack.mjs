// Packs every package as users get it: `node scripts/pack.mjs [FOLDER]`, by default into .cache/packages.
import { mkdirSync, rmSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { ensureBuilt, root } from "./bootstrap.mjs";
import { packAll } from "./package/stage.mjs";

const out = resolve(process.argv[2] ?? `${root}.cache/packages`);
await ensureBuilt();
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
for (const { name, tarball } of packAll(out)) {
  console.log(`${name.padEnd(16)} ${(statSync(tarball).size / 1024).toFixed(0).padStart(5)} KiB  ${tarball}`);
}
