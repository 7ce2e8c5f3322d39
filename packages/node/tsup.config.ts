import { defineConfig, type Options } from "tsup";
import { plainBuiltins } from "../../scripts/plain-builtins.mjs";
import { shortLines } from "../../scripts/short-lines.mjs";
import { shortNames } from "../../scripts/short-names.mjs";
import { thirdParty } from "../../scripts/third-party.mjs";
import {
  commonJsFiles,
  loadedOnDemand,
  parserBytesAsModule,
  plainUndiciErrors,
  withoutUnusedUndici,
  withoutXmlParser,
} from "./bundle-plugins.ts";

const TARGET = "node20";
const notices = thirdParty();
const common: Options = {
  target: TARGET,
  sourcemap: true,
  splitting: false,
  removeNodeProtocol: false,
  // Names stay, for stack traces.
  minifyWhitespace: true,
  minifySyntax: true,
  noExternal: ["picomatch", /^@cosup\/core/, /^undici\/lib\//],
};
/** Node 20.16 has the function that the bundle begins with: an older one, which may lack more, is told what it needs. */
const tooOld = `if (!process.getBuiltinModule) throw Error("@cosup/node needs Node 20.18 or later: this is Node " + process.versions.node);`;
/** And for the built-in modules that bundled packages require. */
const banner = { js: `${tooOld} const require = process.getBuiltinModule;` };

/** What every program loads: one file. */
const start: Options = {
  entry: ["src/index.ts"],
  plugins: [plainBuiltins(), shortNames(TARGET)],
};
/** What is loaded on demand. */
const later = ["src/glob.ts", "src/response-parsers.ts", "src/thread-parts.ts"];
const proxies = ["src/proxy-agent.ts"];
/** What a thread runs: the same file for both formats. */
const thread = ["src/thread.ts"];
/** It repeats most of index.js: 60 KB less. */
const short: Options = { minifyIdentifiers: true };
/** The subpaths import core's, which stays a package of its own: the entry file above must not grow by them. */
const subpaths = ["src/objects.ts", "src/download.ts", "src/digest.ts", "src/post.ts", "src/streams.ts"];

/**
 * One file with core and undici in it: to find and read thirty more is 20 ms of a program's start, core alone 2 of
 * them. core stays a dependency, for its types. The second half is the same for `require`, complete in itself: Jest's
 * environment, for one, cannot import an ES module from CommonJS.
 */
export default defineConfig(
  (["esm", "cjs"] as const).flatMap((format): Options[] => {
    const cjs = format === "cjs";
    const each: Options = {
      ...common,
      format,
      banner: { js: `"use strict"; ${tooOld}` },
      ...(cjs ? commonjs() : { banner }),
    };
    const plugins = [
      shortLines(),
      notices,
      loadedOnDemand(cjs ? ".cjs" : ".js"),
      ...(cjs ? [commonJsFiles] : []),
    ];
    const undici = [...plugins, withoutUnusedUndici, plainUndiciErrors];
    return [
      { ...each, ...start, esbuildPlugins: [...undici, withoutXmlParser] },
      { ...each, entry: proxies, esbuildPlugins: undici },
      ...(cjs ? [] : [{ ...each, ...short, entry: thread, esbuildPlugins: [...undici, withoutXmlParser] }]),
      { ...each, entry: later, esbuildPlugins: [...plugins, parserBytesAsModule] },
      {
        ...each,
        banner: {},
        noExternal: [],
        external: [/^@cosup\/core/],
        entry: subpaths,
        esbuildPlugins: [shortLines()],
      },
    ];
  }),
);

function commonjs(): Options {
  return {
    outExtension: () => ({ js: ".cjs" }),
    esbuildOptions: (options) => {
      options.supported = { ...options.supported, "dynamic-import": false };
    },
  };
}
