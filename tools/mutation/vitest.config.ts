import { defineConfig } from "vitest/config";

/** The tests that judge the mutants: the packages' own, in one process, on virtual time where time matters. */
export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source", "node", "module", "import", "default"] } },
  plugins: [
    {
      name: "forks",
      // Stryker asks for threads, where a test cannot change the umask.
      configureVitest: ({ project }) => {
        project.config.pool = "forks";
      },
    },
  ],
  test: {
    include: [
      "packages/core/test/{http,upload,operations}/**/*.test.ts",
      "packages/node/test/{lock-owner,file-lock,file-lock-races,file-checkpoints,file-checkpoints-durable}.test.ts",
    ],
    // One process for all files of a run: most of the time would go into loading the same modules again.
    isolate: false,
    testTimeout: 60_000,
  },
});
