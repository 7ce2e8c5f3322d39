// Publishes every package, in the order of `publishOrder()` (package/publish-order.mjs), which is that of their
// dependencies: `node scripts/release.mjs --publish [npm's options]`.
// Without --publish, npm says what it would publish. Versions that the registry has already are left out, so that a
// release that stopped half-way can be run again.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureBuilt } from "./bootstrap.mjs";
import { packAll } from "./package/stage.mjs";

const options = process.argv.slice(2).filter((word) => word !== "--publish");
const rehearsal = process.argv.includes("--publish") ? [] : ["--dry-run"];

await ensureBuilt();
const out = mkdtempSync(join(tmpdir(), "cosup-release-"));
let status = 0;
for (const { name, folder } of packAll(out)) {
  if (status !== 0) break;
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  if (isPublished(name, version)) console.log(`${name} ${version} is published already`);
  else
    status = npm(["publish", folder, "--access", "public", ...rehearsal, ...options], "inherit").status ?? 1;
}
rmSync(out, { recursive: true, force: true });
process.exit(status);

function isPublished(/** @type {string} */ name, /** @type {string} */ version) {
  const registry = options.filter((word) => word.startsWith("--registry="));
  const { status: found, stdout } = npm(["view", `${name}@${version}`, "version", ...registry], "pipe");
  return found === 0 && String(stdout).trim() === version;
}

function npm(/** @type {string[]} */ words, /** @type {"pipe" | "inherit"} */ output) {
  return spawnSync("npm", words, {
    stdio: ["ignore", output, output],
    env: { ...process.env, npm_config_update_notifier: "false" },
    shell: process.platform === "win32",
  });
}
