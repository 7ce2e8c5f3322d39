import { spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Instruction } from "@cosup/emulator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type HostFault, openRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

const fault = (call: string, path: string, code: string, more: Partial<HostFault> = {}): HostFault => ({
  call,
  path,
  code,
  ...more,
});

const DRAFT = "\\.json\\.\\w+\\.tmp$";
const DIRECTORY = "/state/[^/]+$";
const DEGRADED = "checkpoint-degraded";

/** The failures of checkpoint operations, in the order of an upload, with the expected warnings. */
const FAULTS: Readonly<Record<string, readonly [HostFault, ...string[]]>> = {
  "its directory cannot be made: EROFS": [fault("mkdir", DIRECTORY, "EROFS"), DEGRADED],
  "its lock cannot be written: ENOSPC": [fault("writeFile", "\\.draft$", "ENOSPC"), DEGRADED],
  "its lock cannot be taken: EIO": [fault("link", "\\.lock$", "EIO"), DEGRADED],
  "the lock's draft cannot be removed: EIO": [fault("unlink", "\\.draft$", "EIO")],
  "what a crash left cannot be looked for: EIO": [fault("readdir", DIRECTORY, "EIO")],
  "it cannot be created: EACCES": [fault("open", DRAFT, "EACCES"), DEGRADED],
  "it cannot be created, for a while no file can: EMFILE": [fault("open", DRAFT, "hog", { ms: 300 })],
  "it cannot be written: ENOSPC": [fault("handle.writeFile", DRAFT, "ENOSPC"), DEGRADED],
  "it cannot be made durable: EIO": [fault("handle.sync", DRAFT, "EIO"), DEGRADED],
  "it cannot be renamed: EACCES": [fault("rename", "\\.json$", "EACCES"), DEGRADED],
  "its directory cannot be made durable: EIO": [fault("handle.sync", DIRECTORY, "EIO"), DEGRADED],
  "it cannot be written again: ENOSPC": [fault("handle.writeFile", DRAFT, "ENOSPC", { from: 2 }), DEGRADED],
  "it cannot be renamed again: EIO": [fault("rename", "\\.json$", "EIO", { from: 2 }), DEGRADED],
  "it cannot be removed in the end: EROFS": [fault("rm", "\\.json$", "EROFS")],
  "its lock cannot be released: EIO": [fault("rm", "\\.lock$", "EIO")],
};

/** A name for a key, a run and a directory. */
const nameOf = (what: string): string => what.replace(/[^a-z]+/gi, "-").slice(0, 60);

const LIMITED = (command: string): string => `ulimit -n 64; exec ${command}`;

describe.concurrent("a checkpoint that cannot be kept costs the resume, never the upload:", () => {
  test.each(Object.entries(FAULTS))("%s", async (what, [failing, ...warnings]) => {
    const outcome = await rig.copy(nameOf(what), {
      faults: [failing],
      ...(failing.code === "hog" && { shell: LIMITED }),
    });
    expect(outcome).toMatchObject({ code: 0, warnings, struck: 1, stored: "source", openUploads: 0 });
    for (const { message } of outcome.lines.filter(({ type }) => type === "warning"))
      expect(message).toContain(failing.code);
  });
});

/** The third part is refused permanently, long after the checkpoint was created. */
const PART_3: Instruction = {
  op: "UploadPart",
  match: { part: 3 },
  when: "before-headers",
  fault: "deny",
  times: "forever",
};
const NO_ABORT: Instruction = {
  op: "AbortMultipartUpload",
  when: "before-headers",
  fault: "deny",
  times: "forever",
};
const ONE_BY_ONE = ["--concurrency", "1"];

describe.concurrent("an upload that then fails leaves no unreported upload behind:", () => {
  test("it was never saved, so it is aborted", async () => {
    const faults = [fault("handle.writeFile", DRAFT, "ENOSPC")];
    const outcome = await rig.copy("never-kept", { faults, script: [PART_3] });
    expect(outcome).toMatchObject({
      code: 3,
      warnings: [DEGRADED],
      struck: 1,
      stored: "none",
      openUploads: 0,
    });
    expect(outcome.state.filter((file) => !file.endsWith(".lock"))).toEqual([]);
  });

  test("it cannot even be aborted, so it is reported", async () => {
    const faults = [fault("mkdir", DIRECTORY, "EROFS")];
    const outcome = await rig.copy("reported", { faults, script: [PART_3, NO_ABORT] });
    expect(outcome).toMatchObject({ code: 3, warnings: [DEGRADED, "orphan-upload"], openUploads: 1 });
  });

  test("it was saved once, so the next call resumes it", async () => {
    const faults = [fault("handle.writeFile", DRAFT, "ENOSPC", { from: 2, times: 100 })];
    const first = await rig.copy("kept", { faults, script: [PART_3], words: ONE_BY_ONE });
    expect(first).toMatchObject({ code: 3, warnings: [DEGRADED], struck: 1, openUploads: 1 });
    expect(first.state.some((file) => file.endsWith(".json"))).toBe(true);
    const second = await rig.copy("kept", {});
    expect(second).toMatchObject({ code: 0, warnings: [], stored: "source", openUploads: 0 });
    expect(second.lines.at(-1)).toMatchObject({ partsResumed: 2, partsSent: 1 });
  });

  test("its checkpoint cannot be read, so a warning says that an earlier upload may be left", async () => {
    const first = await rig.copy("unread", { script: [PART_3], words: ONE_BY_ONE });
    expect(first).toMatchObject({ code: 3, warnings: [], openUploads: 1 });
    const second = await rig.copy("unread", { faults: [fault("readFile", "\\.json$", "EIO")] });
    expect(second).toMatchObject({
      code: 0,
      warnings: [DEGRADED],
      struck: 1,
      stored: "source",
      openUploads: 1,
    });
    expect(second.lines.find(({ type }) => type === "warning")?.message).toMatch(/EIO.* may be left behind$/);
  });

  test.each([
    fault("mkdir", DIRECTORY, "EACCES"),
    fault("link", "\\.lock$", "ENOSPC"),
    fault("readFile", "\\.json$", "EIO"),
  ])("nothing is begun when a resume is required: $call", async (failing) => {
    const name = `required-${failing.call}`;
    const outcome = await rig.copy(name, { faults: [failing], words: ["--resume", "require"] });
    expect(outcome).toMatchObject({ code: 1, struck: 1, stored: "none", openUploads: 0 });
    expect(outcome.lines).toContainEqual(expect.objectContaining({ code: "checkpoint-unusable" }));
  });
});

/** Whether this process may mount a file system, as root may outside of most containers. */
const MAY_MOUNT =
  spawnSync("unshare", ["-m", "sh", "-c", "mount -t tmpfs -o size=4k tmpfs /mnt && umount /mnt"]).status ===
  0;

describe.concurrent("the same, by a real disk:", () => {
  test("the directory's place is a file: ENOTDIR", async () => {
    await writeFile(join(rig.folder, "file"), "");
    const outcome = await rig.copy("not-a-directory", {
      words: ["--state-dir", join(rig.folder, "file", "state")],
    });
    expect(outcome).toMatchObject({ code: 0, warnings: [DEGRADED], stored: "source", openUploads: 0 });
    expect(outcome.lines.find(({ type }) => type === "warning")?.message).toContain("ENOTDIR");
  });

  test.skipIf(!MAY_MOUNT).each([
    ["it is full", "ENOSPC", "size=8k", "head -c 8192 /dev/zero > filler 2>/dev/null; cd .."],
    ["it is read-only", "EROFS", "ro", "cd .."],
  ])("%s: %s", async (_, code, options, fill) => {
    const directory = join(rig.folder, `disk-${code}`);
    await mkdir(directory);
    const mount = `mount -t tmpfs -o ${options} tmpfs ${directory}; cd ${directory}; ${fill}; exec`;
    const outcome = await rig.copy(`disk-${code}`, {
      words: ["--state-dir", directory],
      // The mount is seen by this process alone, and ends with it.
      shell: (command) => `unshare -m sh -c "${mount} ${command}"`,
    });
    expect(outcome).toMatchObject({ code: 0, warnings: [DEGRADED], stored: "source", openUploads: 0 });
    expect(outcome.lines.find(({ type }) => type === "warning")?.message).toContain(code);
  });
});
