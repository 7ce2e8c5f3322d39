import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUCKET, openRig, type Rig } from "./rig.ts";

/** A file system that exists, and says ENOENT of each folder that is to be created in it. */
const NOWHERE = "/proc/cosup-none/folder";
const AT = `cos://${BUCKET}`;

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
  await rig.file("a.bin", 1000);
  await rig.run(["cp", "a.bin", `${AT}/a.bin`]);
});
afterAll(() => rig.close());

describe.runIf(process.platform === "linux")("where the system creates no folder, every command ends", () => {
  it("a download, with what is wrong", async () => {
    const stderr = `the folder ${NOWHERE} cannot be created: the system creates no folder there\n`;
    for (const words of [
      ["cp", `${AT}/a.bin`, `${NOWHERE}/a.bin`],
      ["sync", AT, NOWHERE],
    ])
      expect(await rig.run(words)).toMatchObject({ code: 1, stderr: expect.stringContaining(stderr) });
  });

  it("an upload and a sync, whose state cannot be kept", async () => {
    const env = { COSUP_STATE_DIR: NOWHERE };
    const sync = await rig.run(["sync", ".", `${AT}/synced/`, "--include", "a.bin"], { env });
    expect(sync).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^warning: the ledger cannot be kept/),
    });
    expect((await rig.run(["cp", "a.bin", `${AT}/b.bin`], { env })).code).toBe(0);
  });

  it("the emulator and the configuration", async () => {
    const emulator = await rig.run(["emulator", "--port", "0", "--data", NOWHERE]);
    expect(emulator).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("as the data directory: ENOENT"),
    });
    const env = { COSUP_CONFIG: `${NOWHERE}/config.toml` };
    const config = await rig.run(["config", "set", "region", "ap-beijing"], { env });
    expect(config).toMatchObject({ code: 2, stderr: expect.stringContaining("cannot be written (ENOENT)") });
  });
});
