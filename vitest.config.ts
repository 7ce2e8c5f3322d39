import { defineConfig } from "vitest/config";

// Packages resolve to their sources, so that a test never runs against a stale build.
const sources = {
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source", "node", "import", "default"] } },
};
const timeouts = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // What a test waits for may take seconds on a busy machine; vitest gives it one.
  expect: { poll: { timeout: 50_000 } },
};

/** Tests that share one program for each worker, which loads the sources once: 80 s of processor time less. */
const together = [
  "core-as/test/**/*.test.ts",
  "packages/{core,cli,emulator,workers}/test/**/*.test.ts",
  "test/cli/*.test.ts",
  "test/{bad-requests,docs,faults,interop,live,model,scripts,secrets}/**/*.test.ts",
  "test/node-faults/**/!(proxies).test.ts",
];

/** Tests that replace modules, change the environment of their process, or measure it. */
const apart = [
  "packages/{browser,console,fleet,node}/test/**/*.test.ts",
  "test/cli/in-process/**/*.test.ts",
  "test/{bench,chaos,crash,directories,limits}/**/*.test.ts",
  "test/node-faults/proxies.test.ts",
];

export default defineConfig({
  test: {
    maxWorkers: 3,
    // In a log, a line for each file and each slow test; 4,000 dots in colour say less.
    reporters: [process.stdout.isTTY ? "dot" : "default"],
    projects: [
      {
        ...sources,
        test: { ...timeouts, name: "together", include: together, isolate: false },
      },
      {
        ...sources,
        test: { ...timeouts, name: "apart", include: apart },
      },
      {
        // vitest gives these conditions to Node, for `require` as well: with "import" among them, a package that has both
        // forms gives its ES module to the CommonJS packages of the examples.
        resolve: { conditions: ["source"] },
        ssr: { resolve: { conditions: ["source", "node"] } },
        test: {
          ...timeouts,
          name: "integrations",
          include: ["test/integrations/**/*.test.ts"],
          globalSetup: ["test/integrations/install.mjs"],
        },
      },
    ],
  },
});
