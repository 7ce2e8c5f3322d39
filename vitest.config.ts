import { defineConfig } from "vitest/config";

export default defineConfig({
  // Packages resolve to their sources, so that a test never runs against a stale build.
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source", "node", "module", "import", "default"] } },
  test: {
    include: ["core-as/test/**/*.test.ts", "packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    reporters: ["dot"],
  },
});
