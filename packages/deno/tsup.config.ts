import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["mod.ts"],
  format: "esm",
  target: "es2023",
  platform: "neutral",
  sourcemap: true,
  clean: true,
  // Globs are a library's business, but not worth a second runtime dependency: bundled.
  noExternal: ["picomatch"],
});
