import { defineConfig } from "tsup";
import { shortLines } from "../../scripts/short-lines.mjs";
import { thirdParty } from "../../scripts/third-party.mjs";

export default defineConfig({
  entry: ["src/index.ts", "src/objects.ts", "src/post.ts", "src/streams.ts", "src/upload.ts"],
  format: "esm",
  target: "es2023",
  platform: "browser",
  sourcemap: true,
  clean: true,
  esbuildPlugins: [shortLines(), thirdParty()],
});
