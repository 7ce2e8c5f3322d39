import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { classify } from "../../src/classify-error.ts";
import { createProgram } from "../../src/program.ts";

let folder = "";
let file = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosup-config-"));
  file = join(folder, "config.toml");
  // Read once per process, by the first command.
  vi.stubEnv("COSUP_CONFIG", file);
  vi.stubEnv("COSUP_PROFILE", "");
});
beforeEach(() => rm(file, { force: true }));
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

/** What `cosup config …` prints, and its exit code. */
async function config(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const printed = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      printed[name] += text;
      return true;
    }),
  );
  let code = 0;
  try {
    await createProgram((given) => {
      code = given;
    }).parseAsync(["node", "cosup", "config", ...words]);
  } catch (error) {
    code = classify(error).exitCode;
    printed.stderr += (error as Error).message;
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return { code, ...printed };
}

it("sets, shows, lists, unsets and removes", async () => {
  expect((await config("path")).stdout).toBe(`${file}\n`);
  expect((await config("list")).stderr).toMatch(/has no profiles; cosup config init adds one/);
  expect(await config("set", "region", "ap-beijing")).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^region of profile 'default' is set in /),
  });
  await config("set", "--profile", "work", "part_size", "8");
  await config("set", "--profile", "work", "exclude", "*.map", "*.tmp");
  await config("set", "--profile", "work", "no_progress", "true");
  await config("set", "--profile", "work", "credential_process", "--", "get-keys", "--for", "work");
  expect(await readFile(file, "utf8")).toBe(`[profile.default]
region = "ap-beijing"

[profile.work]
part_size = 8
exclude = [ "*.map", "*.tmp" ]
no_progress = true
credential_process = [ "get-keys", "--for", "work" ]
`);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await config("list")).stdout).toBe("* default\n  work (credential_process)\n");
  expect((await config("show", "work")).stdout).toContain(`exclude = ["*.map","*.tmp"]\n`);
  await config("unset", "part_size", "exclude", "--profile", "work");
  expect((await config("show", "work")).stdout).toBe(
    `no_progress = true\ncredential_process = ["get-keys","--for","work"]\n`,
  );
  expect(await config("remove", "work")).toMatchObject({ code: 2, stderr: expect.stringMatching(/yes/) });
  expect(await config("remove", "work", "--yes")).toMatchObject({ code: 0 });
  expect((await config("list", "--json")).stdout).toBe(
    `{"type":"profile","name":"default","used":true,"fields":{"region":"ap-beijing"}}\n`,
  );
});

it("masks secrets, and shows what is wrong after what is there", async () => {
  await writeFile(
    file,
    `[profile.default]\nsecret_id = "AKIDx"\nsecret_key = "HUSH"\ntoken = "HUSH"\nproxy = "http://me:HUSH@h:1"\nregoin = "x"\n`,
    {
      mode: 0o600,
    },
  );
  const shown = await config("show");
  expect(shown).toMatchObject({ code: 2, stderr: expect.stringMatching(/unknown field 'regoin'/) });
  expect(shown.stdout).toBe(
    "secret_id = AKIDx\nsecret_key = ********\ntoken = ********\nproxy = http://********@h:1\nregoin = x\n",
  );
  expect((await config("show", "--json")).stdout).not.toContain("HUSH");
  expect((await config("list")).stdout).toBe("* default (secret_id)\n");
});

it("masks what may be a secret in a field that is spelled wrong, and the password of every form of a proxy", async () => {
  const secrets = ["secretkey", "secret-key", "SecretKey", "secret_kye", "tokn", "password", "sk"];
  const proxies = ["me:HUSH@h:1", "http://me:HUSH@h:1", "http://me:HU/SH@h:1", "socks5h://me:H@SH@h:1"];
  for (const proxy of proxies) {
    const lines = [...secrets.map((name) => `${name} = "HUSH"`), `proxy = "${proxy}"`];
    await writeFile(file, `[profile.default]\n${lines.join("\n")}\n`, { mode: 0o600 });
    for (const words of [["show"], ["show", "--json"], ["list", "--json"]]) {
      const { stdout } = await config(...words);
      expect(stdout).toContain("secret_kye");
      expect(stdout).toContain("********@h:1");
      expect(stdout).not.toMatch(/H@?U?\/?SH/);
    }
  }
});

it.each<[string, string[], RegExp]>([
  ["a secret in an argument", ["set", "secret_key", "HUSH"], /secret_key must not be an argument/],
  ["a token in an argument", ["set", "token", "HUSH"], /token must not be an argument/],
  ["an unknown field", ["set", "regoin", "x"], /unknown field 'regoin'; did you mean 'region'/],
  ["no value", ["set", "region"], /region needs one value/],
  ["two values", ["set", "region", "a", "b"], /region needs one value/],
  ["a wrong value", ["set", "part_size", "8MB"], /part_size of profile 'default' .* is invalid/],
  ["a switch that is none", ["set", "json", "1"], /must be true or false/],
  ["a second kind of keys", ["set", "role", "r"], /has secret_id and secret_key and role/],
  ["a name that needs quotes", ["set", "--profile", "a b", "region", "x"], /name of a profile/],
  ["an unknown profile", ["show", "defualt"], /no profile 'defualt' .* did you mean 'default'/],
  ["a field that is not there", ["unset", "role"], /has no field 'role'/],
  ["a profile that is not there", ["remove", "work", "--yes"], /no profile 'work'/],
  ["init without a terminal", ["init"], /there is none: use cosup config set/],
])("refuses %s, and changes nothing", async (_what, words, says) => {
  const text = `[profile.default]\nsecret_id = "AKIDx"\n`;
  await writeFile(file, text, { mode: 0o600 });
  const run = await config(...words);
  expect(run).toMatchObject({ code: 2, stderr: expect.stringMatching(says) });
  expect(run.stdout + run.stderr).not.toContain("HUSH");
  expect(await readFile(file, "utf8")).toBe(text);
});
