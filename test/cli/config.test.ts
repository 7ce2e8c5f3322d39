import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { BUCKET, jsonLines, openRig, type Rig, SCRIPT, SECRET_ID, SECRET_KEY, startShell } from "./rig.ts";

let rig: Rig;
let file = "";
const AT = `cos://${BUCKET}`;
/** Nothing of the rig's own environment: everything comes from the file. */
const BARE = { COS_SECRET_ID: "", COS_SECRET_KEY: "", COS_REGION: "", COS_ENDPOINT: "" };
beforeAll(async () => {
  rig = await openRig();
  file = join(rig.folder, ".config/cosup/config.toml");
  await mkdir(join(rig.folder, ".config/cosup"), { recursive: true });
  await writeFile(join(rig.folder, "a.txt"), "a");
});
afterAll(() => rig.close());

async function writeConfig(text: string): Promise<void> {
  await writeFile(file, text);
  await chmod(file, 0o600);
}

it("uploads with the keys, the endpoint and the flags of a profile, and doctor says where they are from", async () => {
  await writeConfig(`[profile.local]
secret_id = "${SECRET_ID}"
secret_key = "${SECRET_KEY}"
endpoint = "${rig.env.COS_ENDPOINT}"
json = true
cache_control = "no-cache"
`);
  const copied = await rig.run(["cp", "a.txt", `${AT}/of-profile`, "--profile", "local"], { env: BARE });
  expect(copied).toMatchObject({ code: 0, stderr: "" });
  expect(jsonLines(copied).at(-1)).toMatchObject({ type: "summary", uploaded: 1 });
  const env = { ...BARE, COSUP_PROFILE: "local", COS_REGION: "ap-beijing", COSUP_REGOIN: "x" };
  const shown = await rig.run(["stat", `${AT}/of-profile`], { env });
  expect(jsonLines(shown)[0]).toMatchObject({ cacheControl: "no-cache" });
  const found = await rig.run(["doctor", AT], { env });
  expect(found.code).toBe(0);
  expect(jsonLines(found)).toContainEqual({
    type: "finding",
    check: "config",
    status: "ok",
    message: `profile 'local' of ${file}; endpoint from profile 'local'; json from profile 'local'; region from COS_REGION`,
  });
  expect(found.stdout).toContain("a key pair from profile 'local'");
  expect(found.stdout).toMatch(/"warn".*no flag has this variable: COSUP_REGOIN/);
  expect(found.stdout + found.stderr).not.toContain(SECRET_KEY);
});

it("asks a credential_process before it reads a source, and reports its failure once", async () => {
  const keys = JSON.stringify({
    SecretId: SECRET_ID,
    SecretKey: SECRET_KEY,
    Expiration: "2099-01-01T00:00:00Z",
  });
  await writeFile(join(rig.folder, "keys.json"), keys);
  const profile = (command: string): Promise<void> =>
    writeConfig(`[profile.default]\ncredential_process = ${command}\nendpoint = "${rig.env.COS_ENDPOINT}"\n`);
  await profile(`"echo asked >&2; cat keys.json"`);
  const asked = await rig.run(["cp", "a.txt", `${AT}/asked`], { env: BARE });
  expect(asked).toMatchObject({ code: 0, stderr: "asked\n" });
  await profile(`["no-such-program"]`);
  const failed = await rig.run(["cp", "nothing.bin", "a.txt", `${AT}/`, "--json"], { env: BARE });
  expect(failed.code).toBe(3);
  expect(jsonLines(failed)).toEqual([
    expect.objectContaining({ type: "error", code: "credentials-missing" }),
  ]);
  expect(failed.stderr).toBe(
    "cosup: credential_process of profile 'default' names the program 'no-such-program', which was not found\n",
  );
  await profile(`["keys.json"]`);
  const noProgram = await rig.run(["ls", AT], { env: { ...BARE, PATH: rig.folder } });
  expect(noProgram.stderr).toContain("'keys.json', which was not found, or may not be executed\n");
  const dry = await rig.run(["cp", "a.txt", `${AT}/asked`, "--dry-run"], { env: BARE });
  expect(dry.code).toBe(0);
});

it("exits with 2 and one line for a broken file, which has no secret in it", async () => {
  await writeConfig(`[profile.default]\nsecret_key = ${SECRET_KEY}\n`);
  const run = await rig.run(["ls", AT], { env: { ...BARE, COSUP_DEBUG: "1" } });
  expect(run.code).toBe(2);
  expect(run.stderr).toContain(`cosup: ${file}:2: invalid value (text needs quotes)\n`);
  expect(run.stderr).not.toContain(SECRET_KEY);
  const json = await rig.run(["ls", AT], { env: { ...BARE, COSUP_JSON: "1" } });
  expect(jsonLines(json)).toEqual([expect.objectContaining({ type: "error", code: "invalid-config" })]);
  expect((await rig.run(["hash", "a.txt"], { env: BARE })).code).toBe(0);
});

it.each([
  ["profile = 1", "PATH: write [profile.NAME], not profile = …"],
  [
    `[profile.default]\ntoken = "a b"`,
    "token of profile 'default' (PATH) must be printable ASCII without spaces",
  ],
])("%j is exit code 2", async (text, says) => {
  await writeConfig(`${text}\n`);
  const stderr = `cosup: ${says.replace("PATH", file)}\n`;
  expect(await rig.run(["ls", AT], { env: BARE })).toEqual({ code: 2, stdout: "", stderr });
});

it("a file that keeps nothing, and one that has been changed meanwhile, are not written", async () => {
  const env = { ...BARE, COSUP_CONFIG: "/dev/null" };
  expect(await rig.run(["config", "set", "region", "ap-beijing"], { env })).toEqual({
    code: 2,
    stdout: "",
    stderr: "cosup: /dev/null (COSUP_CONFIG) keeps nothing: name another file\n",
  });
  // That others can read the file is told when it has been read; the value is read after that.
  const before = `[profile.default]\nsecret_key = "HUSH"\n`;
  await writeFile(file, before);
  await chmod(file, 0o644);
  const set = `'${process.execPath}' '${SCRIPT}' config set token 2>said; code=$?; cat said >&2; exit $code`;
  const change = `until [ -s said ]; do sleep 0.02; done; echo '# mine' >>'${file}'; echo token`;
  const run = await startShell(`{ ${change}; } | { ${set}; }`, { cwd: rig.folder, env: BARE }).ended;
  expect(run.code).toBe(2);
  expect(run.stderr).toMatch(/^cosup: warning: other users can read the secrets in /);
  expect(run.stderr).toContain(`cosup: ${file} has been changed meanwhile: run the command again\n`);
  expect(await readFile(file, "utf8")).toBe(`${before}# mine\n`);
});

it("a failure of a command whose profile says json is a line of JSON, too", async () => {
  await writeConfig(`[profile.default]\njson = true\nendpoint = "${rig.env.COS_ENDPOINT}"\n`);
  const missing = await rig.run(["ls", AT], { env: BARE });
  expect(missing.code).toBe(3);
  expect(jsonLines(missing)).toMatchObject([{ type: "error", code: "credentials-missing" }]);
  const keys = { ...BARE, COS_SECRET_ID: SECRET_ID, COS_SECRET_KEY: SECRET_KEY };
  const none = await rig.run(["stat", `${AT}/none`], { env: keys });
  expect(jsonLines(none)).toMatchObject([{ type: "error", code: "not-found" }]);
});
