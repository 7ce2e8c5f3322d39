// How the bundle of the adapter differs from its sources: what a program loads before its first request is most of
// the time that it takes to start.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Options } from "tsup";
import { ERROR, TYPE } from "undici/lib/llhttp/constants.js";
import { stubs } from "../../scripts/stubs.mjs";

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];

const PARSERS = fileURLToPath(new URL("src/parsers.ts", import.meta.url));

/** What undici's HTTP/1.1 client imports and never runs here, or not unless something is wrong. */
const UNDICI_STUBS: Readonly<Record<string, string>> = {
  // HTTP/2 is off: a third of undici's loading time for its sake alone.
  "./client-h2.js": `module.exports = () => { throw new Error("HTTP/2 is off"); };`,
  // Bodies are bytes.
  "../web/fetch/body.js": "module.exports = {};",
  // 73 KB of text, a twentieth of the loading time: in a file of its own, which is loaded while the first connection is
  // established.
  "../llhttp/llhttp_simd-wasm.js": `module.exports = require(${JSON.stringify(PARSERS)}).parserBytes();`,
  // For machines without SIMD, where core does not run either. UNDICI_NO_WASM_SIMD asks for it all the same.
  "../llhttp/llhttp-wasm.js": `module.exports = require(${JSON.stringify(PARSERS)}).parserBytes();`,
  // The two of its thirty tables that are read, made beforehand.
  "../llhttp/constants.js": `module.exports = ${JSON.stringify({ ERROR, TYPE })};`,
  // A hundred header names in two spellings, made at every start: 0.5 ms. Without them, undici makes lower case of each
  // name of a request itself.
  "./constants": `
    module.exports = { headerNameLowerCasedRecord: { __proto__: null }, getHeaderNameAsBuffer: (name) => Buffer.from(name) };`,
  // A tree of a hundred header names, made at every start: 1 ms. Without it, undici makes the text of each name itself.
  "./tree": "module.exports = { tree: { lookup: () => undefined } };",
  // 2 ms for a class that no body of ours is of, and for the default of an option that is always given.
  "node:http": "module.exports = { IncomingMessage: class {}, maxHeaderSize: 16_384 };",
  // 1 ms. The real one is loaded to tell of an assertion that failed.
  "node:assert": `
    module.exports = (value, message) => value || process.getBuiltinModule("node:assert")(value, message);`,
};

/** Leaves out what undici does not run here. */
export const withoutUnusedUndici: Plugin = stubs("undici", /[\\/]undici[\\/]/, UNDICI_STUBS);

/** What undici's errors have so that `instanceof` knows those of another copy of undici. */
const ERROR_MARKS = [
  /^const k\w+ = Symbol\.for\(.*\)$/gm,
  /^ {2}static \[Symbol\.hasInstance\] .*\n.*\n {2}\}$/gm,
  /^ {2}get \[k\w+\] .*\n.*\n {2}\}$/gm,
];

/**
 * undici's errors without their marks: there is one copy of them in the bundle. Fifty functions and 40 KB less at every
 * start, with which it passes with one garbage collection less.
 */
export const plainUndiciErrors: Plugin = {
  name: "plain-undici-errors",
  setup(build) {
    build.onLoad({ filter: /[\\/]undici[\\/]lib[\\/]core[\\/]errors\.js$/ }, async ({ path }) => {
      let contents = await readFile(path, "utf8");
      for (const mark of ERROR_MARKS) contents = contents.replace(mark, "");
      if (/hasInstance|Symbol/.test(contents)) throw new Error("undici marks its errors in another way");
      return { contents };
    });
  },
};

/** Core's XML parser: 27 KB, loaded with the parser above. */
export const withoutXmlParser: Plugin = stubs("core", /[\\/]core[\\/]dist[\\/]/, {
  "./xml-parser.js": `
    import { xmlParser } from ${JSON.stringify(PARSERS)};
    export class XMLParser { constructor(options) { return new (xmlParser())(options); } }`,
});

/**
 * The HTTP parser's bytes as an ES module. esbuild imports a CommonJS module by defining a getter for each property of
 * what it exports, and a Buffer has one for each of its 54,000 bytes: 60 ms of processor time and 9 MiB.
 */
export const parserBytesAsModule: Plugin = {
  name: "parser-bytes-as-module",
  setup(build) {
    build.onLoad({ filter: /[\\/]llhttp_simd-wasm\.js$/ }, ({ path }) => {
      const bytes: Buffer = createRequire(path)(path);
      const text = JSON.stringify(bytes.toString("base64"));
      return { contents: `export default Buffer.from(${text}, "base64");` };
    });
  },
};

/** What is loaded on demand is a file of its own in dist: each is an entry of the build. */
const APART = ["glob", "proxy-agent", "response-parsers", "thread-parts"];

/** Leaves modules that are loaded on demand out of the file that every program loads. @param suffix of built files */
export function loadedOnDemand(suffix: ".js" | ".cjs"): Plugin {
  return {
    name: "loaded-on-demand",
    setup(build) {
      build.onResolve({ filter: /^\.\/[\w-]+\.ts$/ }, ({ path, kind }) => {
        const name = path.slice(2, -3);
        return kind === "dynamic-import" && APART.includes(name)
          ? { path: `./${name}${suffix}`, external: true }
          : undefined;
      });
    },
  };
}

/** The modules that differ in CommonJS, and those that take their places. */
const COMMONJS: Readonly<Record<string, string>> = {
  "./on-demand.ts": "src/on-demand-commonjs.ts",
  "../thread-file.ts": "src/thread-file-commonjs.ts",
};

/** CommonJS requires what is loaded on demand, and knows in another way where it is. */
export const commonJsFiles: Plugin = {
  name: "commonjs-files",
  setup(build) {
    build.onResolve({ filter: /^\.\.?\/(on-demand|thread-file)\.ts$/ }, ({ path }) => {
      const file = COMMONJS[path];
      if (file === undefined) throw new Error(`${path} is imported from another folder now`);
      return { path: fileURLToPath(new URL(file, import.meta.url)) };
    });
  },
};
