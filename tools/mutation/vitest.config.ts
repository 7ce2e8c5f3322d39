import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

/** Core as it is in the mutated copy, which is the working directory; `node_modules` leads to the original. */
const alias = [
  { find: /^@cosup\/core$/, replacement: resolve("packages/core/src/index.ts") },
  {
    find: /^@cosup\/core\/(runtime|files|directory)$/,
    replacement: resolve("packages/core/src/$1/index.ts"),
  },
];

/** The tests that judge the mutants: the packages' own, without other processes, on virtual time where time matters. */
export default defineConfig({
  resolve: { conditions: ["source"], alias },
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
          include: ["packages/core/test/{files,http,requests,transfers,upload}/**/*.test.ts"],
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
