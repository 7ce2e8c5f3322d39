import { defineConfig, type Options } from "tsup";
import { plainBuiltins } from "../../scripts/plain-builtins.mjs";
import { shortLines } from "../../scripts/short-lines.mjs";
import { shortNames } from "../../scripts/short-names.mjs";
import { thirdParty } from "../../scripts/third-party.mjs";
import {
  loadedOnDemand,
  parserBytesAsModule,
  withoutUnusedUndici,
  withoutXmlParser,
} from "./bundle-plugins.ts";

const TARGET = "node20";
const notices = thirdParty();
const common: Options = {
  format: "esm",
  target: TARGET,
  sourcemap: true,
  splitting: false,
  removeNodeProtocol: false,
  // Names stay, for stack traces.
  minifyWhitespace: true,
  minifySyntax: true,
  // For the built-in modules that bundled packages require.
  banner: { js: "const require = process.getBuiltinModule;" },
};

/**
 * One file with core and undici in it: to find and read thirty more is 20 ms of a program's start, core alone 2 of
 * them. They stay dependencies, for their types; picomatch is not worth one.
 */
export default defineConfig([
  {
    ...common,
    entry: ["src/index.ts"],
    noExternal: [/^@cosup\/core/, /^undici\/lib\//],
    esbuildPlugins: [shortLines(), notices, loadedOnDemand, withoutUnusedUndici, withoutXmlParser],
    plugins: [plainBuiltins(), shortNames(TARGET)],
  },
  {
    ...common,
    entry: ["src/glob.ts", "src/response-parsers.ts"],
    noExternal: ["picomatch", /^@cosup\/core/, /^undici\/lib\/llhttp\//],
    esbuildPlugins: [shortLines(), notices, parserBytesAsModule],
  },
  {
    // The subpaths import core's, which stays a package of its own: the entry file above must not grow by them.
    ...common,
    banner: {},
    entry: ["src/objects.ts"],
    external: [/^@cosup\/core/],
  },
]);
