// Tests that take minutes in all, for faults that a change rarely brings. CI runs them with every commit, and so does
// `npm run test:all`; `npm test` leaves them out and says so. `npm test -- PATH` runs any of them.

/** Test files that vitest leaves out, as globs. Each has something to wait for that a smaller number would not show. */
export const LONG_TESTS = [
  "packages/fleet/test/processes.test.ts",
  "packages/node/test/download-disk.test.ts",
  "packages/node/test/file-checkpoints-killed.test.ts",
  "packages/node/test/many-uploads.test.ts",
  "packages/node/test/share-signal.test.ts",
  "test/bench/compare.test.ts",
  "test/chaos/chaos.test.ts",
  "test/chaos/properties.test.ts",
  "test/crash/**",
  "test/faults/client.test.ts",
  "test/limits/**",
  "test/live/**",
  "test/node-faults/dispatchers.test.ts",
  "test/node-faults/growing-stream.test.ts",
];

/** Runtimes of the contract suite that differ little from another one. */
export const LONG_RUNTIMES = ["node20-tls", "node24", "workerd-nodejs-compat"];
