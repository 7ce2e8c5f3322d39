import { afterAll, beforeAll, expect, it } from "vitest";
import { BUCKET, openRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

/** One line on stderr, and nothing has been sent. */
async function refused(words: readonly string[], says: RegExp, env = {}): Promise<void> {
  const run = await rig.run(words, { env });
  expect(run).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(says) });
  expect(rig.requests).toEqual([]);
}

it.each([["--help"], ["cp", "--help"], ["uploads", "abort", "--help"], ["emulator", "--help"]])(
  "%s %s",
  async (...words) => {
    const run = await rig.run(words.filter((word) => word !== undefined));
    expect(run).toMatchObject({ code: 0, stderr: "", stdout: expect.stringMatching(/^Usage: cosup/) });
  },
);

it("fits on a screen, with a way to the rest", async () => {
  const { stdout } = await rig.run(["--help"]);
  // The longest.
  const names = ["cp", "mv", "sync", "check"];
  for (const name of names) {
    const help = (await rig.run([name, "--help"])).stdout;
    expect(help.split("\n").length, name).toBeLessThanOrEqual(48);
  }
  expect(stdout).toContain("cosup cp -r ./photos cos://");
  expect(stdout).toContain("cosup help\n");
});

it("is in Chinese where the locale is; COSUP_LANG is stronger", async () => {
  const chinese = await rig.run(["cp", "--help"], { env: { LANG: "zh_CN.UTF-8" } });
  expect(chinese).toMatchObject({ code: 0, stderr: "" });
  expect(chinese.stdout).toMatch(/^用法：cosup cp \[options\]/);
  expect(chinese.stdout).toMatch(/^ {2}--region <name> +地域/m);
  expect(chinese.stdout).toMatch(/^更多参数：cosup help cp$/m);
  const env = { LANG: "zh_CN.UTF-8", COSUP_LANG: "en" };
  expect((await rig.run(["cp", "--help"], { env })).stdout).toMatch(/^Usage: cosup cp/);
  await refused(["ls", `cos://${BUCKET}/k`], /^cosup: [^\n]*COSUP_LANG: must be en or zh[^\n]*\n$/, {
    COSUP_LANG: "fr",
  });
});

it("`cosup help` has what --help leaves out", async () => {
  const few = (await rig.run(["cp", "--help"])).stdout;
  expect(few).not.toContain("--part-size");
  expect(few).toContain("More flags: cosup help cp");
  const all = await rig.run(["help", "cp"]);
  expect(all).toMatchObject({ code: 0, stdout: expect.stringContaining("--part-size <size>") });
  expect(all.stdout).toContain("backup.tgz");
  expect((await rig.run(["help", "uploads", "abort"])).stdout).toMatch(/^Usage: cosup uploads abort/);
  expect((await rig.run(["help"])).stdout).toMatch(/7 locked/);
  await refused(["help", "uplods"], /^cosup: [^\n]*unknown command 'uplods'[^\n]*\n$/);
});

it("prints the version", async () => {
  expect(await rig.run(["--version"])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  });
});
