import { copyFileSync } from "node:fs";
import { defineConfig } from "tsup";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    directory: "src/directory/index.ts",
    "wasm-bytes": "src/wasm-bytes.generated.ts",
  },
  format: "esm",
  target: "es2023",
  platform: "neutral",
  splitting: true,
  sourcemap: true,
  clean: true,
  onSuccess: async () => copyFileSync("../../core-as/dist/cosup.wasm", "dist/cosup.wasm"),
});
