// The mutated files, the tests that must detect the mutants, and the limits.
import { fileURLToPath } from "node:url";

export const cache = ".cache/mutation/";

/** The code that decides on retries, resumes and checkpoints. */
const FILES = {
  "packages/core/src/http": [
    "attempt",
    "backoff",
    "deadline",
    "outcome",
    "retry",
    "retry-budget",
    "retry-decision",
    "service-error",
  ],
  "packages/core/src/upload": [
    "adopt-server-upload",
    "checkpoint",
    "checkpoint-codec",
    "checkpoint-session",
    "checkpoint-writer",
    "clean-up",
    "complete",
    "completed-earlier",
    "content-md5",
    "identical-object",
    "initiate",
    "load-checkpoint",
    "lock-checkpoint",
    "multipart",
    "part-reader",
    "put-with-outcome-check",
    "resolve-complete",
    "resolve-outcome",
    "resume",
    "run-workers",
    "semaphore",
    "send-parts",
    "stored-headers",
    "stored-parts",
    "verify",
  ],
  "packages/core/src/files": ["file-checkpoints", "lock-format"],
  "packages/node/src/checkpoints": ["default-directory", "file-lock", "lock-owner"],
};

export const files = Object.entries(FILES).flatMap(([folder, names]) =>
  names.map((name) => `${folder}/${name}.ts`),
);

/** Stryker's options; `mutate` and `concurrency` are added by the script. */
export const options = {
  // The mutated copy of the repository contains only what the tests import.
  ignorePatterns: [
    "/*",
    "!/tsconfig.base.json",
    "!/packages",
    "/packages/*",
    "!/packages/core",
    "!/packages/node",
  ],
  plugins: [
    fileURLToPath(new URL("node_modules/@stryker-mutator/vitest-runner/dist/src/index.js", import.meta.url)),
  ],
  testRunner: "vitest",
  vitest: { configFile: fileURLToPath(new URL("vitest.config.ts", import.meta.url)), related: false },
  coverageAnalysis: "perTest",
  tempDirName: `${cache}sandbox`,
  incremental: true,
  incrementalFile: `${cache}incremental.json`,
  reporters: ["json", "html", "progress-append-only"],
  jsonReporter: { fileName: `${cache}report.json` },
  htmlReporter: { fileName: `${cache}report.html` },
  thresholds: { high: 90, low: 80, break: 80 },
  // More than twice the duration of the tests. An endless loop is detected much earlier, by its hit count.
  timeoutMS: 15_000,
  timeoutFactor: 2,
  allowConsoleColors: false,
};
