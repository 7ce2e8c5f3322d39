import { defineConfig } from "tsup";
import { shortLines } from "../../scripts/short-lines.mjs";
import { thirdParty } from "../../scripts/third-party.mjs";

// BullMQ and ioredis stay imports of the main entry alone: the other two run without Redis, and the command line bundles them.
export default defineConfig({
  entry: { index: "src/index.ts", manifest: "src/manifest/index.ts", embedded: "src/embedded/index.ts" },
  format: "esm",
  target: "node20",
  splitting: true,
  sourcemap: true,
  clean: true,
  removeNodeProtocol: false,
  esbuildPlugins: [shortLines(), thirdParty()],
});
