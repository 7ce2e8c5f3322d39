import { defineConfig } from "tsup";
import { shortLines } from "../../scripts/short-lines.mjs";
import { stubs } from "../../scripts/stubs.mjs";
import { thirdParty } from "../../scripts/third-party.mjs";

// A third of what `cosup --help` takes is to find, read and compile modules: commander's seven and a built-in one.
const withoutPrograms = stubs("commander", /[\\/]commander[\\/]lib[\\/]/, {
  // For subcommands that are programs of their own. cosup has none, and loading it takes 4 ms.
  "node:child_process": "module.exports = {};",
});

export default defineConfig({
  entry: ["src/main.ts"],
  format: "esm",
  target: "node20",
  splitting: true,
  clean: true,
  removeNodeProtocol: false,
  // For the built-in modules that commander requires.
  banner: { js: "const require = process.getBuiltinModule;" },
  esbuildPlugins: [shortLines(), thirdParty(), withoutPrograms],
});
