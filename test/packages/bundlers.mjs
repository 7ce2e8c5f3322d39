// Bundles a file with each bundler: `bundle(entry, out)` writes `out` and rejects if the bundler reports an error.
import { createRequire } from "node:module";
import { basename, dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { tools } from "./rig.mjs";

const require = createRequire(`${tools}package.json`);
const load = async (name) => {
  const module = await import(pathToFileURL(require.resolve(name)).href);
  return module.default ?? module;
};

/** For Node. */
export const forServers = {
  "esbuild, ES module": (entry, out) => withEsbuild(entry, out, { platform: "node", format: "esm" }),
  "esbuild, CommonJS": (entry, out) =>
    withEsbuild(entry, out.replace(/mjs$/, "cjs"), { platform: "node", format: "cjs" }),
  rollup: (entry, out) => withRollup(entry, out, { exportConditions: ["node"] }),
  vite: (entry, out) =>
    withVite(entry, out, { ssr: { noExternal: true, target: "node" }, build: { ssr: entry } }),
  webpack: (entry, out) => withWebpack(entry, out, { target: "node20", outputModule: true }),
};

/** For a browser. */
export const forBrowsers = {
  esbuild: (entry, out) => withEsbuild(entry, out, { platform: "browser", format: "esm" }),
  rollup: (entry, out) => withRollup(entry, out, { browser: true }),
  vite: (entry, out) => withVite(entry, out, { build: { rollupOptions: { input: entry } } }),
  webpack: (entry, out) => withWebpack(entry, out, { target: "web", outputModule: false }),
};

/** For a Worker, without wrangler. */
export const forWorkers = {
  esbuild: (entry, out) =>
    withEsbuild(entry, out, {
      platform: "neutral",
      format: "esm",
      conditions: ["workerd", "worker", "browser"],
    }),
};

async function withEsbuild(entry, out, options) {
  const { build } = await load("esbuild");
  await build({
    entryPoints: [entry],
    outfile: out,
    bundle: true,
    logLevel: "silent",
    target: "es2022",
    ...options,
  });
  return out;
}

async function withRollup(entry, out, resolution) {
  const [{ rollup }, resolve, commonjs] = await Promise.all([
    import(pathToFileURL(require.resolve("rollup")).href),
    load("@rollup/plugin-node-resolve"),
    load("@rollup/plugin-commonjs"),
  ]);
  const plugins = [resolve({ preferBuiltins: true, ...resolution }), commonjs()];
  const bundle = await rollup({ input: entry, plugins, onwarn: () => {} });
  await bundle.write({ file: out, format: "esm", inlineDynamicImports: true });
  await bundle.close();
  return out;
}

async function withVite(entry, out, { build: own, ...options }) {
  const { build } = await import(pathToFileURL(require.resolve("vite")).href);
  const output = { entryFileNames: basename(out) };
  await build({
    configFile: false,
    root: dirname(entry),
    logLevel: "silent",
    build: {
      outDir: dirname(out),
      emptyOutDir: false,
      ...own,
      rollupOptions: { ...own.rollupOptions, output },
    },
    ...options,
  });
  return out;
}

async function withWebpack(entry, out, { target, outputModule }) {
  const webpack = await load("webpack");
  const compiler = webpack({
    mode: "production",
    entry,
    target,
    experiments: { outputModule },
    optimization: { minimize: false },
    output: {
      path: dirname(out),
      filename: basename(out),
      ...(outputModule ? { module: true, chunkFormat: "module", library: { type: "module" } } : {}),
    },
  });
  const stats = await promisify(compiler.run.bind(compiler))();
  await promisify(compiler.close.bind(compiler))();
  if (stats.hasErrors()) throw new Error(stats.toString({ all: false, errors: true }));
  return out;
}
