// How the bundle of the adapter differs from its sources: what a program loads before its first request is most of
// the time that it takes to start.
import { readFileSync } from "node:fs";
import type { Options } from "tsup";
import { ERROR, TYPE } from "undici/lib/llhttp/constants.js";

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];

/** What undici's HTTP/1.1 client imports and never runs here, or not unless something is wrong. */
const UNDICI_STUBS: Readonly<Record<string, string>> = {
  // HTTP/2 is off: a third of undici's loading time for its sake alone.
  "./client-h2.js": `module.exports = () => { throw new Error("HTTP/2 is off"); };`,
  // Bodies are bytes.
  "../web/fetch/body.js": "module.exports = {};",
  // For machines without SIMD, where core does not run either. UNDICI_NO_WASM_SIMD asks for it all the same.
  "../llhttp/llhttp-wasm.js": `module.exports = require("../llhttp/llhttp_simd-wasm.js");`,
  // The two of its thirty tables that are read, made beforehand.
  "../llhttp/constants.js": `module.exports = ${JSON.stringify({ ERROR, TYPE })};`,
  // A tree of a hundred header names, made at every start: 1 ms. Without it, undici makes the text of each name itself.
  "./tree": "module.exports = { tree: { lookup: () => undefined } };",
  // 2 ms for a class that no body of ours is of, and for the default of an option that is always given.
  "node:http": "module.exports = { IncomingMessage: class {}, maxHeaderSize: 16_384 };",
  // 1 ms. The real one is loaded to tell of an assertion that failed.
  "node:assert": `
    module.exports = (value, message) => value || process.getBuiltinModule("node:assert")(value, message);`,
};

/** Leaves out what undici does not run here. */
export const withoutUnusedUndici: Plugin = {
  name: "without-unused-undici",
  setup(build) {
    build.onResolve({ filter: /./ }, ({ path, importer, resolveDir }) =>
      path in UNDICI_STUBS && importer.includes("undici")
        ? { path, namespace: "stub", pluginData: resolveDir }
        : undefined,
    );
    // What a stub requires is looked for from where the stub is required.
    build.onLoad({ filter: /./, namespace: "stub" }, ({ path, pluginData }) => ({
      contents: UNDICI_STUBS[path] ?? "",
      resolveDir: pluginData,
    }));
  },
};

const BUILTIN_IMPORT = /^import (?!type\b)\{([^}]*)\} from "(node:[^"]+)";/gm;

/**
 * Takes Node's own modules without the ES module that Node makes of each: it reads every export once, and that of
 * `node:crypto` loads all of Web Crypto on the way. 2 ms.
 */
export const plainBuiltins: Plugin = {
  name: "plain-builtins",
  setup(build) {
    build.onLoad({ filter: /[\\/]packages[\\/]node[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
      const contents = readFileSync(path, "utf8").replace(
        BUILTIN_IMPORT,
        (_import, names: string, module) => {
          const values = names.replace(/\btype \w+,?/g, "").replace(/ as /g, ": ");
          return `const {${values}} = process.getBuiltinModule("${module}");`;
        },
      );
      return { contents, loader: "ts" };
    });
  },
};

/** Leaves globs and their library in a file of their own, which a folder upload loads: 2 ms. */
export const globsApart: Plugin = {
  name: "globs-apart",
  setup(build) {
    build.onResolve({ filter: /^\.\/glob\.ts$/ }, ({ kind }) =>
      kind === "dynamic-import" ? { path: "./glob.js", external: true } : undefined,
    );
  },
};

/** Leaves what is loaded on demand from undici in the package, where it is installed. */
export const undiciOnDemand: Plugin = {
  name: "undici-on-demand",
  setup(build) {
    build.onResolve({ filter: /^undici\/lib\// }, ({ path, kind }) =>
      kind === "dynamic-import" ? { path, external: true } : undefined,
    );
  },
};
