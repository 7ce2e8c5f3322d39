// The mutated files, the tests that must detect the mutants, and the limits.
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const cache = ".cache/mutation/";

const HTTP = "packages/core/src/http";
const UPLOAD = "packages/core/src/upload";
const FILES = "packages/core/src/files";
const NODE = "packages/node/src/checkpoints";

const under = (folder, ...names) => names.map((name) => `${folder}/${name}.ts`);
/** All tests of a folder. */
const allTests = (folder) =>
  readdirSync(new URL(`../../${folder}/`, import.meta.url))
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => `${folder}/${name}`);
const inTests = (folder, ...names) => names.map((name) => `${folder}/${name}.test.ts`);

/**
 * The code that decides on retries, resumes and checkpoints, in groups. Each group is one run of Stryker, and the tests of
 * its subject are its judges: with all tests of core, the first run alone would take longer than a group does.
 */
export const groups = [
  {
    name: "retry",
    files: under(
      HTTP,
      "attempt",
      "backoff",
      "deadline",
      "outcome",
      "retry",
      "retry-budget",
      "retry-decision",
      "service-error",
    ),
    tests: allTests("packages/core/test/http"),
  },
  {
    name: "parts",
    files: under(
      UPLOAD,
      "block-part-reader",
      "filled-part",
      "part-in-blocks",
      "part-reader",
      "plan",
      "read-range",
      "stream-filler",
    ),
    tests: inTests(
      "packages/core/test/upload",
      "block-part-reader",
      "part-in-blocks",
      "part-reader",
      "part-reader-limits",
      "part-reader-random",
      "growing-parts",
      "oversize-parts",
      "plan",
      "read-range",
      "silent-streams",
      "stream-filler",
      "sources/interrupt",
      "stream-resume",
    ),
  },
  {
    name: "completion",
    files: under(
      UPLOAD,
      "complete",
      "completed-earlier",
      "identical-object",
      "put-with-outcome-check",
      "resolve-complete",
      "resolve-outcome",
    ),
    tests: inTests(
      "packages/core/test/upload",
      "complete",
      "complete-refused",
      "complete-verification",
      "completed-earlier",
      "identical-object",
      "put-with-outcome-check",
      "resolve-outcome",
      "metadata-changes",
      "multipart",
      "resolve-complete",
      "integrity",
    ),
  },
  {
    name: "resume",
    files: under(
      UPLOAD,
      "adopt-server-upload",
      "begin-parts",
      "load-checkpoint",
      "resume",
      "resume-context",
      "stored-headers",
      "stored-parts",
    ),
    tests: inTests(
      "packages/core/test/upload",
      "resume",
      "begin-stream",
      "resume-modes",
      "find-resumable",
      "trusted-parts",
      "load-checkpoint",
      "metadata-changes",
      "stream-resume",
      "checkpoint-versions",
      "clean-up",
      "complete-verification",
      "completed-earlier",
      "identical-object",
      "memory-shortage",
      "multipart",
      "resolve-outcome",
      "stored-headers",
      "stored-parts",
      "uploader",
      "why-incompatible",
    ),
  },
  {
    name: "checkpoint",
    files: under(
      UPLOAD,
      "checkpoint",
      "checkpoint-codec",
      "checkpoint-session",
      "checkpoint-writer",
      "clean-up",
      "lock-checkpoint",
    ),
    tests: inTests(
      "packages/core/test/upload",
      "checkpoint-bounds",
      "checkpoint-codec",
      "checkpoint-session",
      "checkpoint-versions",
      "checkpoint-writer",
      "clean-up",
      "degraded-checkpoints",
      "multipart",
      "resume",
      "load-checkpoint",
      "resume-modes",
      "send-parts",
      "stream-resume",
    ),
  },
  {
    name: "sending",
    files: under(
      UPLOAD,
      "content-md5",
      "initiate",
      "multipart",
      "put-whole",
      "rewound",
      "run-workers",
      "semaphore",
      "send-parts",
      "unchanged",
      "uploader",
      "verify",
    ),
    tests: inTests(
      "packages/core/test/upload",
      "initiate",
      "multipart",
      "block-part-reader",
      "uploader",
      "run-workers",
      "semaphore",
      "send-parts",
      "verify",
      "integrity",
      "source-errors",
      "degraded-checkpoints",
      "completed-earlier",
      "detached-buffer",
      "memory-shortage",
      "metadata-changes",
      "resume",
      "rewound",
      "stream-resume",
      "trusted-parts",
      "unchanged",
    ),
  },
  {
    name: "signing",
    files: under(
      "packages/core/src/auth",
      "canonical",
      "remembering",
      "server-clock",
      "sign",
      "signed-headers",
    ),
    tests: allTests("packages/core/test/auth"),
  },
  {
    name: "request",
    files: [
      ...under("packages/core/src/requests", "any-request", "sign"),
      ...under(HTTP, "observer", "paced-body", "pacer", "request-events"),
    ],
    tests: [
      ...inTests("packages/core/test/requests", "any-request", "any-request-parameters", "sign"),
      ...inTests(
        "packages/core/test/http",
        "observer",
        "observer-details",
        "paced-body",
        "paced-reading",
        "pacer",
        "pacer-times",
      ),
    ],
  },
  {
    name: "checkpoint files",
    files: under(FILES, "file-checkpoints", "lock-format"),
    tests: inTests("packages/core/test/files", "file-checkpoints", "lock-format"),
  },
  {
    name: "locks",
    // They replace modules of Node, and change the umask.
    testRunner: "vitest",
    files: [...under(FILES, "lock-guard"), ...under(NODE, "default-directory", "file-lock", "lock-owner")],
    tests: inTests(
      "packages/node/test",
      "default-directory",
      "lock-owner",
      "file-lock",
      "file-lock-heartbeat",
      "file-lock-races",
    ),
  },
];

export const files = groups.flatMap((group) => group.files);

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
    fileURLToPath(new URL("in-process-runner.mjs", import.meta.url)),
  ],
  testRunner: "in-process",
  // Each mutant loads the tests once more.
  maxTestRunnerReuse: 150,
  vitest: { configFile: fileURLToPath(new URL("vitest.config.ts", import.meta.url)), related: false },
  coverageAnalysis: "perTest",
  // Two runs at once, as of two groups, must not remove the copy of the other.
  tempDirName: `${cache}sandbox-${process.pid}`,
  // What other runs have found about other files stays in the report, so that one report has all groups.
  incremental: true,
  incrementalFile: `${cache}incremental.json`,
  reporters: ["json", "html", "progress-append-only"],
  jsonReporter: { fileName: `${cache}report.json` },
  htmlReporter: { fileName: `${cache}report.html` },
  thresholds: { high: 97, low: 90, break: 80 },
  dryRunTimeoutMinutes: 30,
  // More than the tests of a mutant take on a busy machine. An endless loop is detected much earlier, by its hit count.
  timeoutMS: 120_000,
  timeoutFactor: 2,
  allowConsoleColors: false,
};
