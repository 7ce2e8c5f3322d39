import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUCKET, jsonLines, MiB, openRig, type Rig, startShell } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
  await rig.file("big.bin", 24 * MiB + 12_345);
  await rig.file("small.txt", 1000);
});
afterAll(() => rig.close());

describe("output", () => {
  it("plain lines without a terminal, no ANSI", async () => {
    const run = await rig.run(["cp", "big.bin", "small.txt", `cos://${BUCKET}/said/`], {
      env: { TERM: "xterm-256color" },
    });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape is what must not be there
    expect(run.stdout + run.stderr).not.toMatch(/[\u001b\r]/);
    expect(run.stdout.trim().split("\n")).toHaveLength(3);
    expect(run.stdout).toMatch(/^uploaded small.txt to cos:\S+\/said\/small.txt \(1000 B\), crc64 \d+$/m);
    expect(run.stdout).toMatch(/^2 files uploaded, 24.0 MiB in .*; 26 parts sent, 0 resumed$/m);
    expect(run.stderr).toBe("");
  });

  it("nothing with --quiet", async () => {
    const run = await rig.run(["cp", "small.txt", `cos://${BUCKET}/quiet`, "-q"]);
    expect(run).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it("no progress with --no-progress", async () => {
    const run = await rig.run(["cp", "big.bin", `cos://${BUCKET}/calm`, "--json", "--no-progress"]);
    expect(jsonLines(run).map(({ type }) => type)).toEqual(["object", "summary"]);
  });

  it("to a reader that has left, without harm to the upload", async () => {
    const script = `"$COSUP_NODE" "$COSUP_SCRIPT" cp big.bin cos://${BUCKET}/left --json | head -c 1`;
    const here = fileURLToPath(new URL("../../packages/cli/bin/cosup.js", import.meta.url));
    const env = { ...rig.env, COSUP_NODE: process.execPath, COSUP_SCRIPT: here };
    const run = await startShell(script, { cwd: rig.folder, env }).ended;
    expect(run).toMatchObject({ code: 0, stdout: "{", stderr: "" });
    const stat = async (): Promise<unknown> =>
      jsonLines(await rig.run(["stat", `cos://${BUCKET}/left`, "--json"]))[0];
    await expect.poll(stat, { timeout: 50_000 }).toMatchObject({ size: 24 * MiB + 12_345 });
  });
});
