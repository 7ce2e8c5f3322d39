import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUCKET, openRig, type Rig, SCRIPT, SECRET_ID, SECRET_KEY, startProcess } from "./rig.ts";

/** Gives a program a terminal; of util-linux. */
const possible = process.platform === "linux" && spawnSync("script", ["--version"]).status === 0;
if (!possible) console.warn("skipped: config init needs the program 'script'");

let rig: Rig;
let env: Record<string, string> = {};
beforeAll(async () => {
  rig = await openRig();
  env = { COS_SECRET_ID: "", COS_SECRET_KEY: "", COSUP_CONFIG: join(rig.folder, "config.toml") };
});
afterAll(() => rig.close());

describe.runIf(possible)("cosup config init on a terminal", () => {
  it("asks, does not show the key, and saves what a command then uses", async () => {
    // Pasted at once: none of it is lost, and the key is not shown although it was there before it was asked for.
    const input = `\ntwo words\n${SECRET_ID}\n${SECRET_KEY}\n\nap-guangzhou\n`;
    const command = `"${process.execPath}" "${SCRIPT}" config init`;
    const started = startProcess("script", ["-qec", command, "/dev/null"], {
      cwd: rig.folder,
      env: { ...env, TERM: "xterm", TENCENTCLOUD_SECRET_ID: "another" },
      input,
    });
    const { code, stdout } = await started.ended;
    expect(code).toBe(0);
    // The terminal itself shows what is typed before cosup has started.
    const own = stdout.slice(stdout.indexOf("Keys are made"));
    expect(own).toMatch(
      /SecretId: .*It must not be empty\..*It must have neither spaces nor other special characters\./s,
    );
    expect(own).toMatch(/special characters\..*SecretId: .*SecretKey \(not shown\): \r\n.*Region, as/s);
    expect(own).not.toContain(SECRET_KEY);
    expect(own).toContain(
      `Keys are made at https://console.cloud.tencent.com/cam/capi; profile 'default' in ${env.COSUP_CONFIG} keeps them.`,
    );
    expect(own).toContain(
      "warning: TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY are set, and stronger",
    );
    expect(own).toContain("profile 'default' is saved; try it: cosup doctor\r\n");
    expect(await readFile(env.COSUP_CONFIG ?? "", "utf8")).toBe(
      `[profile.default]\nsecret_id = "${SECRET_ID}"\nsecret_key = "${SECRET_KEY}"\nregion = "ap-guangzhou"\n`,
    );
    expect(await rig.run(["ls", `cos://${BUCKET}`], { env })).toMatchObject({ code: 0, stderr: "" });
  });
});

it("reads a secret from stdin, one line of it", async () => {
  const set = (input: string) => rig.run(["config", "set", "--profile", "piped", "token"], { env, input });
  expect(await set("tok'en\"\r\n")).toMatchObject({ code: 0, stderr: "" });
  expect(await readFile(env.COSUP_CONFIG ?? "", "utf8")).toMatch(/\[profile.piped\]\ntoken = ["'].*tok'en/);
  expect(await set("two\nlines\n")).toMatchObject({
    code: 2,
    stderr: "cosup: token: stdin must have one line, the value\n",
  });
});
