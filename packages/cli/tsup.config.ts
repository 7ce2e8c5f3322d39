import { defineConfig } from "tsup";
import { shortLines } from "../../scripts/short-lines.mjs";
import { thirdParty } from "../../scripts/third-party.mjs";

export default defineConfig({
  entry: ["src/main.ts"],
  format: "esm",
  target: "node20",
  splitting: true,
  clean: true,
  esbuildPlugins: [shortLines(), thirdParty()],
});
