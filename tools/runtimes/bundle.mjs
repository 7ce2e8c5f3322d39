// Bundles the contract suite. Packages resolve to their sources; WASM stays a separate module.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));
const suite = `${root}test/contract/`;
/** Ignored by git. */
export const bundles = `${root}.cache/contract/`;

/** CommonJS packages load Node's modules by `require`. */
const requires = {
  js: 'import { createRequire } from "node:module"; const require = createRequire("file:///");',
};

const common = {
  bundle: true,
  format: "esm",
  target: "es2023",
  outExtension: { ".js": ".mjs" },
  logLevel: "warning",
  absWorkingDir: root,
};

const neutral = { platform: "neutral", mainFields: ["module", "main"] };
/** The modules that CommonJS packages of streams load. */
const withNode = {
  banner: requires,
  external: ["node:*"],
  alias: Object.fromEntries(
    ["buffer", "events", "stream", "string_decoder", "util"].map((name) => [name, `node:${name}`]),
  ),
};
/** The bundle's name without its extension. */
export const WORKER = "run-workerd";

/** The bundle for Node that was made, or is being made. @type {Promise<unknown> | undefined} */
let nodeBundle;

/**
 * The bundle for Node, and the names of its cases for this process. It is made once: two runtimes start at the same time, and one
 * that loads the file while it is written again finds no case in it.
 */
export function bundleForNode() {
  nodeBundle ??= build({
    ...common,
    entryPoints: [`${suite}run-node.ts`, `${suite}case-names.ts`],
    outdir: bundles,
    platform: "node",
    conditions: ["source"],
    banner: requires,
  });
  return nodeBundle;
}

/** The cases for a real bucket, `test/live`. @returns the path of the bundle */
export async function bundleLive() {
  await build({
    ...common,
    entryPoints: [`${root}test/live/run-live.ts`],
    outdir: `${root}.cache/live`,
    platform: "node",
    conditions: ["source"],
    banner: requires,
  });
  return `${root}.cache/live/run-live.mjs`;
}

export function bundleForBun() {
  return build({
    ...common,
    entryPoints: [`${suite}run-bun.ts`],
    outdir: bundles,
    platform: "node",
    conditions: ["source"],
    banner: requires,
  });
}

/** The bundle for a page. @returns {Promise<string>} its text */
export async function bundleForChromium() {
  const { outputFiles } = await build({
    ...common,
    entryPoints: [`${suite}run-chromium.ts`],
    write: false,
    ...neutral,
    conditions: ["source", "browser"],
  });
  return outputFiles[0].text;
}

/** The bundles for Workers that were made: two runtimes may start at the same time. @type {Map<boolean, Promise<string>>} */
const workerdBundles = new Map();

/** @param {boolean} hasNode whether the Worker has Node's modules @returns {Promise<string>} the folder of the bundle */
export function bundleForWorkerd(hasNode) {
  const made = workerdBundles.get(hasNode) ?? makeWorkerdBundle(hasNode);
  workerdBundles.set(hasNode, made);
  return made;
}

/** @param {boolean} hasNode */
async function makeWorkerdBundle(hasNode) {
  const outdir = `${bundles}workerd${hasNode ? "-node" : ""}`;
  await build({
    ...common,
    entryPoints: { [WORKER]: `${suite}run-workerd${hasNode ? "-nodejs-compat" : ""}.ts` },
    outdir,
    ...neutral,
    conditions: ["source", "workerd", "worker"],
    // Imported as a separate file, because Workers must not compile bytes.
    loader: { ".wasm": "copy" },
    assetNames: "[name]",
    ...(hasNode ? withNode : {}),
  });
  return outdir;
}
