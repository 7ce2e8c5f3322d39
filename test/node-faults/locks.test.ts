import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HostFault } from "./rig.ts";

const run = promisify(execFile);
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "cosup-host-locks-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** What fails in the first round, and what that round comes to. */
const FAULTS: Readonly<Record<string, readonly [HostFault, first: string]>> = {
  "it cannot be taken": [{ call: "link", path: "\\.lock$", code: "EIO" }, "EIO"],
  "its draft cannot be written": [{ call: "writeFile", path: "\\.draft$", code: "ENOSPC" }, "ENOSPC"],
  "its draft cannot be removed": [{ call: "unlink", path: "\\.draft$", code: "EIO" }, "taken"],
  "what a crash left cannot be looked for": [{ call: "readdir", path: "", code: "EMFILE" }, "taken"],
  "it cannot be read when it is given back": [
    { call: "readFile", path: "\\.lock$", code: "hog", ms: 200 },
    "taken",
  ],
};

describe("a process does not lock itself out when", () => {
  test.each(Object.entries(FAULTS))("%s", async (what, [fault, first]) => {
    const state = join(directory, what.replaceAll(" ", "-"));
    const command = `ulimit -n 64; exec '${process.execPath}' '${here("lock-twice.mjs")}' '${state}'`;
    const { stdout, stderr } = await run("sh", ["-c", command], {
      env: {
        PATH: process.env.PATH,
        // A URL: options are separated by spaces, which a path may have.
        NODE_OPTIONS: `--import=${new URL("fault-hook.mjs", import.meta.url)}`,
        COSUP_HOST_FAULTS: JSON.stringify([fault]),
      },
    });
    expect(stderr).toBe(`struck: ${fault.call} ${fault.code}\n`);
    expect(stdout).toBe(`${first}\ntaken\n`);
    expect((await readdir(state)).filter((name) => name.endsWith(".lock"))).toEqual([]);
  });
});
