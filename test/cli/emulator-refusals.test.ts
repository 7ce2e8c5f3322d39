import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Running, SECRET_ID, SECRET_KEY, startCosup } from "./rig.ts";

const KEYS = ["--secret-id", SECRET_ID, "--secret-key", SECRET_KEY];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosup-emulator-"));
  await writeFile(join(folder, "a.txt"), "hello");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function start(): Promise<{ running: Running; port: string }> {
  const running = startCosup(["emulator", "--port", "0", "--data", "data", ...KEYS], { cwd: folder });
  const [, port = ""] = await running.line(/listening on http:\/\/127\.0\.0\.1:(\d+)/);
  return { running, port };
}

describe("cosup emulator that cannot start", () => {
  it("refuses --memory with --data", async () => {
    const run = await startCosup(["emulator", "--port", "0", "--memory", "--data", "d"], { cwd: folder })
      .ended;
    expect(run).toMatchObject({
      code: 2,
      stdout: "",
      stderr: "cosup: --memory: excludes --data: give one or the other\n",
    });
  });

  it.each([
    ["a missing file", "none.json", undefined, /none\.json: ENOENT/],
    ["no JSON", "wrong.json", "{", /wrong\.json: /],
    ["a wrong policy", "wrong.json", '{"version":"1"}', /policy\.version: is "1"; accepted: "2\.0"/],
  ])("refuses %s as --policy", async (_what, name, text, says) => {
    if (text !== undefined) await writeFile(join(folder, name), text);
    const words = ["emulator", "--port", "0", "--data", "data", ...KEYS, "--policy", name];
    const run = await startCosup(words, { cwd: folder }).ended;
    expect(run).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(says) });
  });

  it.each([
    ["a file as --data", ["--data", "a.txt"], 1, /cannot use .*a\.txt as the data directory: it is not/],
    ["a missing fault file", ["--faults", "none.json"], 2, /none\.json: cannot be read: ENOENT/],
    ["a size with an unknown unit", ["--min-part-size", "1X"], 2, /1X.*a number with K, M, G or T/],
    ["a short control token", [], 2, /COSUP_CONTROL_TOKEN.*8 or more/, { COSUP_CONTROL_TOKEN: "short" }],
  ] as [string, string[], number, RegExp, Record<string, string>?][])(
    "explains %s",
    async (_what, words, code, says, env = {}) => {
      const command = ["emulator", "--port", "0", "--data", "data", ...KEYS, ...words];
      const run = await startCosup(command, { cwd: folder, env }).ended;
      expect(run).toMatchObject({ code, stdout: "", stderr: expect.stringMatching(says) });
    },
  );

  it("reports that its port is in use", async () => {
    const { running, port } = await start();
    const other = await startCosup(["emulator", "--port", port, "--data", "other", ...KEYS], { cwd: folder })
      .ended;
    expect(other).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(
        /^cosup: port \d+ of 127\.0\.0\.1 is in use: choose another port with --port, .*\n$/,
      ),
    });
    running.child.kill();
    await running.ended;
  });

  it("reports that it cannot listen at an address of another machine", async () => {
    const words = ["emulator", "--port", "0", "--memory", "--host", "192.0.2.1"];
    const stderr = "cosup: --host: 192.0.2.1: it is not an address of this machine\n";
    expect(await startCosup(words, { cwd: folder }).ended).toEqual({ code: 2, stdout: "", stderr });
  });

  it("reports that its data directory is in use", async () => {
    const { running } = await start();
    const other = await startCosup(["emulator", "--port", "0", "--data", "data", ...KEYS], { cwd: folder })
      .ended;
    const stderr = `cosup: ${join(await realpath(folder), "data")} is in use by pid ${running.child.pid}\n`;
    expect(other).toEqual({ code: 7, stdout: "", stderr });
    running.child.kill();
    await running.ended;
  });
});
