import { defineConfig } from "tsup";
import { withoutBareImports } from "../../scripts/bare-imports.mjs";
import { shortLines } from "../../scripts/short-lines.mjs";
import { thirdParty } from "../../scripts/third-party.mjs";

export default defineConfig({
  entry: ["mod.ts", "objects.ts", "download.ts", "digest.ts", "post.ts", "streams.ts"],
  format: "esm",
  target: "es2023",
  platform: "neutral",
  // Built into Deno, and named whole: without `node:` it could be a package.
  external: [/^node:/],
  removeNodeProtocol: false,
  sourcemap: true,
  clean: true,
  // Globs are a library's business, but not worth a second runtime dependency: bundled.
  noExternal: ["picomatch"],
  plugins: [withoutBareImports()],
  esbuildPlugins: [shortLines(), thirdParty()],
});
