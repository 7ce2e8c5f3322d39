import { execFileSync } from "node:child_process";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseConfig, readConfig } from "../../src/config/config-file.ts";
import { configPath } from "../../src/config/config-path.ts";

describe("configPath", () => {
  it.each<[string, Record<string, string>, NodeJS.Platform, string | undefined]>([
    ["XDG", { XDG_CONFIG_HOME: "/x", HOME: "/h" }, "linux", "/x/cosup/config.toml"],
    [
      "a relative XDG is ignored",
      { XDG_CONFIG_HOME: "x", HOME: "/h" },
      "linux",
      "/h/.config/cosup/config.toml",
    ],
    ["the home", { HOME: "/h" }, "darwin", "/h/.config/cosup/config.toml"],
    ["COSUP_CONFIG", { COSUP_CONFIG: "c.toml", HOME: "/h" }, "linux", "c.toml"],
    ["Windows", { APPDATA: "C:\\r" }, "win32", "C:\\r\\cosup\\config.toml"],
    [
      "Windows without APPDATA",
      { USERPROFILE: "C:\\u" },
      "win32",
      "C:\\u\\AppData\\Roaming\\cosup\\config.toml",
    ],
  ])("%s", (_what, env, platform, path) => expect(configPath(env, platform)).toBe(path));
});

describe("parseConfig", () => {
  it.each<[string, string, RegExp]>([
    ["a missing quote", `[profile.a]\nregion = "x\n`, /^c.toml:2: control characters .*closing quote/],
    [
      "text without quotes",
      "[profile.a]\n\nsecret_key = HUSH\n",
      /^c.toml:3: invalid value \(text needs quotes\)$/,
    ],
    [
      "a last line without its quote",
      `[profile.a]\nregion = "x`,
      /^c.toml:2: unfinished string \(a closing quote is missing\?\)$/,
    ],
    ["a profile twice", "[profile.a]\n[profile.a]\n", /^c.toml:2: .*redefine/],
    [
      "a field above all profiles",
      `region = "x"\n`,
      /'region' must stand below a heading such as \[profile.default\]/,
    ],
    ["a heading without profile", `[work]\nregion = "x"\n`, /'work' must stand below a heading/],
    ["a field below [profile]", `[profile]\nregion = "x"\n`, /'region' must stand below a heading/],
    ["a profile that is none", "profile = 1\n", /write \[profile.NAME\]/],
  ])("refuses %s", async (_what, text, says) => {
    const error: Error = await parseConfig(text, "c.toml").then(
      () => new Error("accepted"),
      (reason) => reason,
    );
    expect(error.message).toMatch(says);
    expect(`${error.message} ${String(error.cause)}`).not.toContain("HUSH");
  });

  it("reads CRLF, quotes in values and names, and comments", async () => {
    const text = `# mine\r\n[profile."a b"]\r\nregion = 'ap-x' # here\r\nsecret_key = "a\\"b'c"\r\n`;
    const profiles = await parseConfig(text, "c.toml");
    expect(profiles.get("a b")).toEqual({ region: "ap-x", secret_key: `a"b'c` });
  });
});

describe("readConfig", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cosup-config-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("reads a byte order mark, /dev/null and nothing", async () => {
    const path = join(folder, "bom.toml");
    await writeFile(path, `\uFEFF[profile.a]\nregion = "x"\n`);
    expect((await readConfig(path))?.profiles.get("a")).toEqual({ region: "x" });
    expect((await readConfig("/dev/null"))?.profiles.size).toBe(0);
    expect(await readConfig(join(folder, "none.toml"))).toBeUndefined();
    expect(await readConfig(join(path, "below-a-file"))).toBeUndefined();
  });

  it("refuses a directory, a FIFO, a huge file and one that is no text", async () => {
    const fifo = join(folder, "fifo");
    execFileSync("mkfifo", [fifo]);
    const huge = join(folder, "huge");
    await writeFile(huge, "");
    await truncate(huge, 2 ** 40);
    const binary = join(folder, "binary");
    await writeFile(binary, new Uint8Array([0xff, 0xfe, 0x00]));
    await expect(readConfig(folder)).rejects.toThrow(/is not a regular file/);
    await expect(readConfig(fifo)).rejects.toThrow(/is not a regular file/);
    await expect(readConfig(huge)).rejects.toThrow(/is larger than 1 MiB/);
    await expect(readConfig(binary)).rejects.toThrow(/is not UTF-8 text/);
  });
});
