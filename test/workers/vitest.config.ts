import { defineConfig } from "vitest/config";

// Apart from the root's tests: these need the bundles that scripts/test-workers.mjs makes, and minutes rather than
// seconds. Files run one after another, for some of them measure the whole workerd process.
export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source", "node", "module", "import", "default"] } },
  test: {
    include: ["test/workers/**/*.e2e.ts"],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    fileParallelism: false,
    // A client that is still sending when a Worker refuses it may see a reset instead of the response, because of
    // workerd.
    retry: 2,
    reporters: ["dot"],
  },
});
