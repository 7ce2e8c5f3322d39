// Compares the code of others in our bundles with npm's advisories: `npm run check:advisories`. `npm audit` sees what is
// installed, not what is bundled. Exits with 1 if an advisory concerns a bundled version.
// The advisories are asked of npm's registry, which could not be reached where this was written: that request has not
// been run yet. The comparison is tested (test/scripts/advisories.test.ts).
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { ensureBuilt, root } from "./bootstrap.mjs";
import { bundledVersions, concerned } from "./package/advisories.mjs";

const LIMIT_MS = 60_000;

await ensureBuilt();
const bundles = readdirSync(`${root}packages`)
  .map((name) => ({ name, list: `${root}packages/${name}/dist/bundled.json` }))
  .filter(({ list }) => existsSync(list))
  .map(({ name, list }) => ({ name, packages: JSON.parse(readFileSync(list, "utf8")).packages }));
const versions = bundledVersions(bundles);
const found = concerned(bundles, await advisoriesOf(versions));
for (const line of found) console.error(line);
console.log(`${Object.keys(versions).length} bundled packages, ${found.length} advisories`);
process.exit(found.length > 0 ? 1 : 0);

/** The request that `npm audit` makes. */
async function advisoriesOf(/** @type {Record<string, string[]>} */ versions) {
  const { stdout } = spawnSync("npm", ["config", "get", "registry"], { encoding: "utf8", cwd: root });
  const response = await fetch(new URL("-/npm/v1/security/advisories/bulk", stdout.trim()), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(versions),
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  if (!response.ok) throw new Error(`the registry responded with ${response.status}; nothing was compared`);
  return response.json();
}
