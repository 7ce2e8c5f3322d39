import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { settle } from "./settle.ts";

let home = "";
let file = "";
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "cosup-config-"));
  await mkdir(join(home, ".config/cosup"), { recursive: true });
  file = join(home, ".config/cosup/config.toml");
});
afterAll(() => rm(home, { recursive: true, force: true }));

const AT = "cos://demo-1250000000/k";
const KEYS = { COS_SECRET_ID: "id-of-env", COS_SECRET_KEY: "key-of-env" };

async function withConfig(text: string): Promise<Record<string, string>> {
  await writeFile(file, text, { mode: 0o600 });
  await chmod(file, 0o600);
  return { HOME: home };
}

const PROFILES = `
[profile.default]
secret_id = "id-of-default"
secret_key = "key-of-default"
region = "ap-default"
part_size = 8

[profile.work]
secret_id = "id-of-work"
secret_key = "key-of-work"
region = "ap-work"
exclude = ["*.map", "*.tmp"]
json = true
no_progress = true
storage_class = "STANDARD_IA"
`;

describe("precedence", () => {
  it("takes the default profile where nothing else is given", async () => {
    const flags = await settle(["cp", "a", AT], await withConfig(PROFILES));
    expect(flags).toMatchObject({ region: "ap-default", partSize: 8 });
    expect(flags.keys).toMatchObject({ origin: "profile 'default'", pair: { SecretId: "id-of-default" } });
  });

  it("takes the environment before the default profile, and before one that COSUP_PROFILE names", async () => {
    const env = { ...(await withConfig(PROFILES)), ...KEYS, COSUP_REGION: "ap-env", COS_REGION: "ap-second" };
    for (const more of [{}, { COSUP_PROFILE: "work" }]) {
      const flags = await settle(["cp", "a", AT], { ...env, ...more });
      expect(flags.region).toBe("ap-env");
      expect(flags.keys).toMatchObject({ pair: { SecretId: "id-of-env" } });
    }
    const { region } = await settle(["ls", AT], { ...env, COSUP_REGION: "" });
    expect(region).toBe("ap-second");
  });

  it("takes a profile that --profile names before the environment, and a flag before all", async () => {
    const env = { ...(await withConfig(PROFILES)), ...KEYS, COS_REGION: "ap-env", COSUP_PART_SIZE: "2" };
    const flags = await settle(["cp", "-r", "a", AT, "--profile", "work"], env);
    expect(flags).toMatchObject({ region: "ap-work", partSize: 2, json: true, progress: false });
    expect(flags).toMatchObject({ exclude: ["*.map", "*.tmp"], storageClass: "STANDARD_IA" });
    expect(flags.keys).toMatchObject({ pair: { SecretId: "id-of-work", SecretKey: "key-of-work" } });
    expect(Object.fromEntries(flags.origins ?? [])).toMatchObject({
      region: "profile 'work'",
      partSize: "COSUP_PART_SIZE",
    });
    const given = await settle(["cp", "a", AT, "--profile", "work", "--region", "ap-flag"], env);
    expect(given.region).toBe("ap-flag");
    expect(given.origins?.get("region")).toBe("--region");
  });

  it("needs no profile, no file and no home", async () => {
    await rm(file, { force: true });
    expect(await settle(["ls", AT], { HOME: home })).not.toHaveProperty("keys");
    await withConfig("[profile.work]\n");
    const { region, keys: missing } = await settle(["ls", AT], { HOME: home });
    expect(region).toBeUndefined();
    expect(missing).toMatchObject({
      problem: { message: expect.stringMatching(/choose one with --profile: work;/) },
    });
    const { keys } = await settle(["ls", AT], { HOME: "/nowhere", ...KEYS });
    expect(keys).toMatchObject({ origin: "COS_SECRET_ID and COS_SECRET_KEY" });
  });

  it.each<[string[], string[], string[]]>([
    [["cp", "a", AT], ["storageClass", "resume", "skip"], ["exclude"]],
    [["cp", "-r", "a", AT], ["storageClass", "exclude", "followSymlinks", "cacheRule"], []],
    [["cp", "-r", "/etc/passwd", AT], ["storageClass"], ["exclude"]],
    [["cp", "-r", "/etc", AT], ["exclude"], []],
    [["cp", "-", AT], ["storageClass"], ["compress", "cacheRule"]],
    [["cp", "a", AT, "--content-encoding", "gzip"], ["cacheRule"], ["compress"]],
    [["cp", AT, "a"], ["region"], ["storageClass", "exclude", "resume", "skip", "cosignore"]],
    [["cp", "-r", AT, "a"], ["exclude"], ["storageClass", "followSymlinks"]],
    [["cp", AT, "-"], ["region"], ["report"]],
    [["mv", "-r", "a", AT], ["exclude"], ["followSymlinks"]],
    [["sync", AT, "a"], ["exclude"], ["storageClass", "resume", "maxDelete", "compress"]],
    [["sync", AT, "cos://demo-1250000000/l"], ["sourceRegion"], ["resume", "cosignore", "compress"]],
    [["sync", "a", AT, "--watch"], ["compress"], ["report", "followSymlinks", "sourceRegion", "maxDelete"]],
    [["sync", "a", AT, "--delete"], ["storageClass", "maxDelete"], []],
    [["rm", AT], ["region"], ["exclude"]],
    [["rm", "-r", AT], ["exclude"], []],
    [["check", "/etc/passwd", AT], ["oneWay"], ["exclude"]],
    [["check", "/etc", AT], ["oneWay", "exclude"], []],
    [["check", "--from", "r"], ["region"], ["oneWay", "exclude"]],
  ])("%j takes %j, and not %j, which it would refuse", async (words, taken, left) => {
    const env = await withConfig(`[profile.default]
region = "ap-x"
storage_class = "STANDARD_IA"
exclude = "*.map"
follow_symlinks = true
no_cosignore = true
max_delete = 10
one_way = true
skip = "same"
resume = "server"
report = "r.jsonl"
compress = "gzip"
source_region = "ap-y"
cache_rule = ["*.html=no-cache", "*=max-age=60"]
`);
    const { origins } = await settle(words, env);
    const set = [...(origins?.keys() ?? [])];
    expect(set).toEqual(expect.arrayContaining(taken));
    expect(set.filter((name) => left.includes(name))).toEqual([]);
  });
});

describe("variables of flags", () => {
  it("reads numbers, choices, switches and lists", async () => {
    const variables = {
      COSUP_FILES: "10",
      COSUP_SKIP: "exists",
      COSUP_JSON: "yes",
      COSUP_MD5: "0",
      COSUP_NO_PROGRESS: "1",
      COSUP_INCLUDE: "*.jpg\n*.png\n",
      COSUP_CACHE_RULE: "*.html=no-cache\n*=max-age=60",
      COSUP_META: "owner=me\nteam=us",
      COSUP_STATE_DIR: "/state",
    };
    const flags = await settle(["cp", "-r", "a", AT], { HOME: "/nowhere", ...variables });
    expect(flags).toMatchObject({ files: 10, skip: "exists", json: true, progress: false });
    expect(flags).toMatchObject({ include: ["*.jpg", "*.png"], stateDir: "/state" });
    expect(flags.meta).toEqual({ "x-cos-meta-owner": "me", "x-cos-meta-team": "us" });
    expect(flags.cacheRule).toHaveLength(2);
    expect(flags.md5).toBeUndefined();
  });

  it("sets flags of commands that do not reach COS, without a profile", async () => {
    const env = await withConfig("[profile.default]\nport = 1\n");
    expect(await settle(["emulator"], { ...env, COSUP_PORT: "9001" })).toMatchObject({ port: 9001 });
    expect(await settle(["emulator"], env)).toMatchObject({ port: 9000 });
  });

  it.each([
    ["2", 2],
    ["1", 1],
    ["yes", true],
  ])("sets -v to %s", async (text, level) => {
    const flags = await settle(["ls", AT], { HOME: "/nowhere", COSUP_VERBOSE: text });
    expect(flags.verbose).toBe(level);
    const env = await withConfig("[profile.default]\nverbose = 2\n");
    expect(await settle(["ls", AT], env)).toMatchObject({ verbose: 2 });
  });

  it("sets nothing that deletes, and no key", async () => {
    const variables = {
      COSUP_DELETE: "1",
      COSUP_YES: "1",
      COSUP_ALL: "1",
      COSUP_VERSION_ID: "x",
      COSUP_RECURSIVE: "1",
      COSUP_FILES_FROM: "list",
      COSUP_EXPIRES: "7d",
      COSUP_SECRET_KEY: "x",
    };
    const sync = await settle(["sync", "a", AT], { HOME: "/nowhere", ...variables });
    expect(sync).not.toHaveProperty("delete");
    expect(sync).not.toHaveProperty("expires");
    expect(sync.unknownVariables).toEqual(Object.keys(variables));
    const rm = await settle(["rm", AT], { HOME: "/nowhere", ...variables });
    expect(rm).not.toHaveProperty("yes");
    expect(rm).not.toHaveProperty("versionId");
    expect(rm).not.toHaveProperty("recursive");
    expect(await settle(["emulator"], variables)).not.toHaveProperty("secretKey");
  });

  it.each<[string, string, RegExp]>([
    ["COSUP_FILES", "many", /^COSUP_FILES is invalid: It must be a whole number/],
    ["COSUP_SKIP", "maybe", /^COSUP_SKIP is invalid: Allowed choices are never, exists, same/],
    ["COSUP_JSON", "perhaps", /^COSUP_JSON must be 1 or 0/],
    ["COSUP_META", "owner", /^COSUP_META is invalid: It must be name=value/],
    [
      "COSUP_PROFILE",
      "work",
      /^there is no profile 'work' \(COSUP_PROFILE\): \S+ does not exist; cosup config init/,
    ],
    ["COSUP_CONFIG", "/nowhere/c.toml", /^\/nowhere\/c.toml \(COSUP_CONFIG\) does not exist/],
  ])("refuses %s=%s", async (name, value, says) => {
    await expect(settle(["cp", "a", AT], { HOME: "/nowhere", [name]: value })).rejects.toMatchObject({
      name: "ConfigError",
      message: expect.stringMatching(says),
    });
  });
});

describe("a wrong profile", () => {
  it.each<[string, string, RegExp]>([
    [
      "an unknown field",
      `regoin = "x"`,
      /profile 'default' .*config.toml\) has an unknown field 'regoin'; did you mean 'region'\?/,
    ],
    ["a field that only flags have", "yes = true", /unknown field 'yes'/],
    [
      "a number that is none",
      `part_size = "HUSH"`,
      /part_size of profile 'default' .* is invalid: It must be a whole number/,
    ],
    ["a switch that is none", `json = "HUSH"`, /json of profile 'default' .* must be true or false/],
    ["a text that is none", "region = true", /region of profile 'default' .* must be text or a number/],
    ["a list of no texts", "exclude = [true]", /must be text or a list of texts/],
    ["a key that is none", "secret_key = 12345678", /secret_key of profile 'default' .* must be text/],
    ["an empty key", `secret_id = ""`, /secret_id of profile 'default' .* must be text/],
    ["a key with a space", `secret_key = "HUSH HUSH"`, /secret_key of profile 'default' .* printable ASCII/],
    ["a command that is none", "credential_process = []", /must be a command/],
    [
      "two kinds of keys",
      `role = "r"\nsecret_id = "HUSH"`,
      /has secret_id and secret_key and role: keys can come from only one/,
    ],
  ])("%s", async (_what, line, says) => {
    const env = await withConfig(`[profile.default]\n${line}\n`);
    const error: Error = await settle(["ls", AT], env).catch((reason) => reason);
    expect(error).toMatchObject({ name: "ConfigError", message: expect.stringMatching(says) });
    expect(error.message).not.toMatch(/HUSH|12345678/);
  });

  it("names those that there are, and the nearest", async () => {
    const env = await withConfig("[profile.work]\n[profile.home]\n");
    await expect(settle(["ls", AT, "--profile", "wrok"], env)).rejects.toThrow(
      /no profile 'wrok' \(--profile\): \S+ has work, home; did you mean 'work'\?$/,
    );
  });

  it("with half of a pair is a problem only where keys are needed", async () => {
    const env = await withConfig(`[profile.default]\nsecret_id = "id"\n`);
    const { keys } = await settle(["ls", AT], env);
    expect(keys).toMatchObject({ problem: { message: expect.stringMatching(/has no secret_key/) } });
    expect(await settle(["ls", AT], { ...env, ...KEYS })).toMatchObject({ keys: { pair: {} } });
  });
});

it("warns of a file with secrets that others can read", async () => {
  const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    const env = await withConfig(PROFILES);
    await settle(["ls", AT], env);
    expect(stderr).not.toHaveBeenCalled();
    await chmod(file, 0o640);
    await settle(["ls", AT], env);
    expect(stderr).toHaveBeenCalledExactlyOnceWith(
      expect.stringMatching(/warning: .*chmod 600 '.*config.toml'\n/),
    );
    await writeFile(file, `[profile.default]\nregion = "ap-x"\n`);
    await settle(["ls", AT], env);
    expect(stderr).toHaveBeenCalledTimes(1);
  } finally {
    stderr.mockRestore();
  }
});
