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

/** The tests that judge the mutants of this run, by their path; scripts/test-mutation.mjs sets them. */
const judges = (process.env.COSUP_JUDGES ?? "packages/core/test/{http,upload}/**/*.test.ts").split(" ");
const isOfCore = (path: string): boolean => path.startsWith("packages/core/");

/** The packages' own tests, without other processes, on virtual time where time matters. */
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
    // Stryker's own limit ends a mutant that hangs.
    testTimeout: 600_000,
    projects: [
      // One process for all files of a run: most of the time would go into loading the same modules again.
      { extends: true, test: { name: "core", include: judges.filter(isOfCore), isolate: false } },
      { extends: true, test: { name: "node", include: judges.filter((path) => !isOfCore(path)) } },
    ].filter(({ test }) => test.include.length > 0),
  },
});
