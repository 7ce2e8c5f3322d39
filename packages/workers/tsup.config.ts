import { defineConfig } from "tsup";
import { shortLines } from "../../scripts/short-lines.mjs";
import { thirdParty } from "../../scripts/third-party.mjs";

export default defineConfig({
  entry: ["src/index.ts", "src/objects.ts", "src/post.ts", "src/streams.ts", "src/upload.ts"],
  format: "esm",
  target: "es2023",
  platform: "neutral",
  sourcemap: true,
  clean: true,
  // Stays an import: Workers may not compile WASM, so wrangler has to see the file. In other runtimes, core's exports
  // lead the same import to a module that compiles the bytes.
  external: ["@cosup/core/cosup.wasm"],
  esbuildPlugins: [shortLines(), thirdParty()],
});
