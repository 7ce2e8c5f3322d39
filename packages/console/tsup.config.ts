import { defineConfig } from "tsup";
import { shortLines } from "../../scripts/short-lines.mjs";
import { thirdParty } from "../../scripts/third-party.mjs";

// The uploader is a chunk of its own, which the page loads when a file is dropped.
export default defineConfig({
  entry: ["src/main.ts"],
  format: "esm",
  target: "es2023",
  platform: "browser",
  splitting: true,
  minify: true,
  sourcemap: true,
  clean: true,
  noExternal: [/^@cosup\//],
  esbuildPlugins: [shortLines(), thirdParty()],
});
