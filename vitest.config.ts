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
    // Real sockets and processes on a shared machine: in CI, a failure has to happen twice.
    retry: process.env.CI === "true" ? 1 : 0,
    reporters: ["dot"],
  },
});
