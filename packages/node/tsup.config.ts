import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/index.ts"],
  format: "esm",
  target: "node20",
  sourcemap: true,
  clean: true,
  // Globs are a library's business, but not worth a second runtime dependency: bundled.
  noExternal: ["picomatch"],
});
