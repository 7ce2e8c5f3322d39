import { readFileSync, writeFileSync } from "node:fs";
import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["mod.ts"],
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
  onSuccess: async () => {
    const license = readFileSync("../../node_modules/picomatch/LICENSE", "utf8");
    writeFileSync("dist/THIRD-PARTY.txt", `dist/mod.js contains picomatch.\n\n${license}`);
  },
});
