import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createCos } from "@cosup/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUCKET, openRig, type Rig, type Run, SCRIPT, SECRET_ID, SECRET_KEY, startProcess } from "./rig.ts";

/** Gives a program a terminal; of util-linux. */
const possible = process.platform === "linux" && spawnSync("script", ["--version"]).status === 0;
if (!possible) console.warn("skipped: questions need the program 'script'");

const AT = `cos://${BUCKET}`;
let rig: Rig;
let config = "";
beforeAll(async () => {
  rig = await openRig();
  config = join(rig.folder, "config.toml");
  await writeFile(config, "");
  const cos = createCos({ Endpoint: rig.env.COS_ENDPOINT, SecretId: SECRET_ID, SecretKey: SECRET_KEY });
  await cos.createMultipartUpload({ Bucket: BUCKET, Key: "dir/large" });
  await cos.putObject({ Bucket: BUCKET, Key: "dir/a", Body: "a" });
  await cos.close();
});
afterAll(() => rig.close());

describe.runIf(possible)("on a terminal", () => {
  /** What a command shows there, on both streams. @param rest what the shell does besides */
  function asked(input: string, words: readonly string[], rest = ""): Promise<Run> {
    const command = [process.execPath, SCRIPT, ...words].map((word) => `'${word}'`).join(" ");
    const env = { ...rig.env, COSUP_CONFIG: config, TERM: "xterm" };
    return startProcess("script", ["-qec", command + rest, "/dev/null"], { cwd: rig.folder, env, input })
      .ended;
  }

  it.each<[string, string[], string, RegExp]>([
    [
      "rm -r that is declined deletes nothing",
      ["rm", "-r", `${AT}/dir/`],
      "n\n",
      /Delete every object below cos:.*nothing was deleted\r\n$/s,
    ],
    [
      "a pruning that is declined aborts nothing",
      ["uploads", "prune", AT, "--older-than", "0s"],
      "no\n",
      /Abort 1 unfinished upload begun before .*nothing was aborted\r\n$/s,
    ],
    [
      "rm -r that is agreed to deletes",
      ["rm", "-r", `${AT}/dir/`],
      "y\n",
      /deleted cos:.*\/dir\/a\r\n1 object deleted\r\n$/s,
    ],
  ])("%s", async (_what, words, input, shows) => {
    const { code, stdout } = await asked(input, words);
    expect(stdout).toMatch(shows);
    expect(code).toBe(0);
  });

  it("a secret is not asked for where the question would not be seen", async () => {
    const { code, stdout } = await asked(
      "",
      ["config", "set", "token"],
      " 2>said; code=$?; cat said; exit $code",
    );
    expect(stdout).toBe("cosup: token is asked for on stderr, which is no terminal: write it to stdin\r\n");
    expect(code).toBe(2);
  });
});
