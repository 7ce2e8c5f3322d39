import { chmod, copyFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasCommand } from "../../scripts/system-packages.mjs";
import { copyForAnyone } from "../cli/anyone.ts";
import { type HostFault, openRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

const SOURCE = "/source\\.bin$";
const LIMITED = (command: string): string => `ulimit -n 64; exec ${command}`;
const ONE_BY_ONE = ["--concurrency", "1"];

const UNREADABLE: Readonly<Record<string, readonly [HostFault, RegExp]>> = {
  "it may not be opened: EACCES": [
    { call: "open", path: SOURCE, code: "EACCES" },
    /source\.bin may not be read by this user/,
  ],
  "it cannot be opened: EIO": [
    { call: "open", path: SOURCE, code: "EIO" },
    /source\.bin cannot be read \(EIO\)/,
  ],
  "it cannot be read at once: EIO": [
    { call: "handle.read", path: SOURCE, code: "EIO" },
    /source\.bin cannot be read \(EIO\)/,
  ],
  "it cannot be read to its end: EIO": [
    { call: "handle.read", path: SOURCE, code: "EIO", from: 3 },
    /source\.bin cannot be read \(EIO\)/,
  ],
};

describe.concurrent("a source that cannot be read ends the upload with one error, and the next call resumes:", () => {
  test.each(Object.entries(UNREADABLE))("%s", async (what, [failing, says]) => {
    const name = what.replace(/[^a-z]+/gi, "-");
    const failed = await rig.copy(name, { faults: [failing], words: ONE_BY_ONE });
    expect(failed).toMatchObject({ code: 4, warnings: [], struck: 1, stored: "none", openUploads: 1 });
    expect(failed.lines.filter(({ type }) => type === "error")).toEqual([
      expect.objectContaining({ code: "source-unreadable", message: expect.stringMatching(says) }),
    ]);
    const again = await rig.copy(name, {});
    expect(again).toMatchObject({ code: 0, warnings: [], stored: "source", openUploads: 0 });
    expect(again.lines.at(-1)).toMatchObject({ partsResumed: (failing.from ?? 1) - 1 });
  });
});

describe.concurrent("when the process has no descriptor left", () => {
  test("temporarily, the upload waits", async () => {
    const faults = [{ call: "open", path: SOURCE, code: "hog", ms: 400 }];
    const outcome = await rig.copy("hogged", { faults, shell: LIMITED });
    expect(outcome).toMatchObject({ code: 0, warnings: [], struck: 1, stored: "source", openUploads: 0 });
  });

  test("temporarily, for connections, the upload waits too", async () => {
    const faults = [{ call: "handle.read", path: SOURCE, code: "hog", ms: 300 }];
    const outcome = await rig.copy("unconnected", { faults, shell: LIMITED });
    expect(outcome).toMatchObject({ code: 0, warnings: [], struck: 1, stored: "source", openUploads: 0 });
  });

  test("permanently, it gives up with an error", async () => {
    const faults = [{ call: "open", path: SOURCE, code: "hog", ms: 60_000 }];
    const outcome = await rig.copy("hogged-for-good", { faults, shell: LIMITED });
    expect(outcome).toMatchObject({ code: 4, struck: 1, stored: "none", openUploads: 1 });
    expect(outcome.stderr).toMatch(/source\.bin cannot be opened: too many open files in this process/);
    expect(await rig.copy("hogged-for-good", {})).toMatchObject({
      code: 0,
      stored: "source",
      openUploads: 0,
    });
  });
});

const isRoot = process.getuid?.() === 0;

test.skipIf(isRoot && !hasCommand("setpriv"))(
  "a file without permission, for a user who needs one: EACCES",
  async () => {
    const path = join(rig.folder, "secret.bin");
    await copyFile(rig.source, path);
    await chmod(path, 0o200);
    // Root may read everything; the user `nobody` may not.
    const drop = isRoot ? "setpriv --reuid=65534 --regid=65534 --clear-groups " : "";
    await chmod(rig.folder, 0o755);
    const state = join(rig.folder, "anyone");
    const outcome = await rig.copy("without-permission", {
      ...(isRoot && { program: copyForAnyone(rig.folder) }),
      shell: (command) => `mkdir -m 777 '${state}'; exec ${drop}${command.replaceAll(rig.source, path)}`,
      words: ["--state-dir", state],
    });
    expect(outcome).toMatchObject({ code: 4, warnings: [], stored: "none" });
    expect(outcome.stderr).toMatch(/secret\.bin may not be read by this user/);
  },
);
