import { defineConfig } from "vitest/config";

/** The tests that judge the mutants: the packages' own, without other processes, on virtual time where time matters. */
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
    testTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "core",
          include: ["packages/core/test/{http,upload,operations}/**/*.test.ts"],
          // One process for all files of a run: most of the time would go into loading the same modules again.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "node",
          include: [
            "packages/node/test/{lock-owner,file-lock,file-lock-races}.test.ts",
            "packages/node/test/{file-checkpoints,file-checkpoints-durable}.test.ts",
          ],
        },
      },
    ],
  },
});
