// Bundles a program of test/ with the current sources of the packages, so that a run never tests a stale build.
import { rmSync } from "node:fs";
import { build } from "esbuild";
import { root } from "./bootstrap.mjs";

/**
 * Bundles a program for Node 20. The bundle is removed when this process exits.
 * @param {string} entry path of the program, from the root
 * @returns {Promise<string>} path of the bundle
 */
export async function bundleTest(entry) {
  const outfile = `${root}node_modules/.cache/${entry.replaceAll("/", "-")}-${process.pid}.mjs`;
  await build({
    entryPoints: [root + entry],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    conditions: ["source"],
    sourcemap: "inline",
    logLevel: "warning",
    // It reads its WASM from beside its file.
    external: ["node-sqlite3-wasm"],
    // CommonJS dependencies need require().
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  process.on("exit", () => rmSync(outfile, { force: true }));
  return outfile;
}
