// Bundles of the contract suite. Packages resolve to their sources; WASM stays a module of its own.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));
const suite = `${root}test/contract/`;
/** Ignored by git. */
export const bundles = `${root}.cache/contract/`;

const common = {
  bundle: true,
  format: "esm",
  target: "es2023",
  outExtension: { ".js": ".mjs" },
  logLevel: "warning",
  absWorkingDir: root,
};

/** For Node, and for this process: what it has to know of the suite. */
export function bundleForNode() {
  return build({
    ...common,
    entryPoints: [`${suite}run-node.ts`, `${suite}manifest.ts`],
    outdir: bundles,
    platform: "node",
    conditions: ["source"],
    // CommonJS packages ask for Node's modules by `require`.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
}

export function bundleForBun() {
  return build({
    ...common,
    entryPoints: [`${suite}run-bun.ts`],
    outdir: bundles,
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["source"],
  });
}

export function bundleForWorkerd() {
  return build({
    ...common,
    entryPoints: [`${suite}run-workerd.ts`],
    outdir: `${bundles}workerd`,
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["source", "workerd", "worker"],
    // A file beside the bundle, imported by it: Workers may not compile bytes.
    loader: { ".wasm": "copy" },
    assetNames: "[name]",
  });
}
