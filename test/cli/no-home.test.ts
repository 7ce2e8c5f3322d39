import { spawn } from "node:child_process";
import { chmod, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copyForAnyone, type SharedCosup } from "./anyone.ts";
import { BUCKET, MiB, openRig, type Rig, type Run } from "./rig.ts";

/** No user of this number is in /etc/passwd. */
const NOBODYS_UID = 54_321;

/** Only root can start a process as another user. */
const possible = process.getuid?.() === 0;
if (!possible) console.warn("skipped: uploads by a user without a home need root");

describe.runIf(possible)("a user without a home directory", () => {
  let rig: Rig;
  let folder = "";
  let cosup: SharedCosup;
  let file = "";
  beforeAll(async () => {
    rig = await openRig();
    file = await rig.file("source.bin", 21 * MiB);
    await chmod(rig.folder, 0o755);
    cosup = copyForAnyone(rig.folder);
    await chmod(file, 0o644);
    folder = join(rig.folder, "anyone");
    await mkdir(folder);
    await chmod(folder, 0o777);
  });
  afterAll(() => rig.close());

  /** With an environment that holds nothing else. */
  async function run(words: string[], more: Record<string, string> = {}, input = ""): Promise<Run> {
    const { COSUP_STATE_DIR: _state, ...env } = rig.env;
    const child = spawn(cosup.node, [cosup.script, ...words], {
      cwd: folder,
      env: { ...env, ...more },
      uid: NOBODYS_UID,
      gid: NOBODYS_UID,
    });
    child.stdin.end(input);
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { code: await ended, stdout, stderr };
  }

  it.each([
    ["no HOME", {}],
    ["an empty HOME", { HOME: "" }],
    ["a relative HOME", { HOME: "home" }],
  ])(
    "with %s uploads without checkpoints, warns of it, and leaves nothing in the working directory",
    async (_what, env) => {
      const outcome = await run(
        ["cp", file, `cos://${BUCKET}/large`, "--json"],
        env as Record<string, string>,
      );
      expect(outcome).toMatchObject({ code: 0 });
      const lines = outcome.stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as { type: string });
      expect(lines.filter(({ type }) => type === "warning")).toEqual([
        expect.objectContaining({
          code: "checkpoint-degraded",
          message: expect.stringContaining("this user has no home directory"),
        }),
      ]);
      expect(await readdir(folder)).toEqual([]);
    },
  );

  it("uploads from stdin without a warning", async () => {
    const outcome = await run(["cp", "-", `cos://${BUCKET}/stdin`, "--quiet"], {}, "from stdin");
    expect(outcome).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it("keeps checkpoints in XDG_STATE_HOME", async () => {
    const state = join(folder, "state");
    const outcome = await run(["cp", file, `cos://${BUCKET}/xdg`], { XDG_STATE_HOME: state });
    expect(outcome).toMatchObject({ code: 0 });
    expect(outcome.stderr).not.toContain("checkpoints cannot be kept");
    expect(await readdir(state)).toEqual(["cosup"]);
  });

  it("gets an error when a resume is required", async () => {
    const outcome = await run(["cp", file, `cos://${BUCKET}/required`, "--resume", "require"]);
    expect(outcome.code).not.toBe(0);
    expect(outcome.stderr).toContain("this user has no home directory");
  });
});
