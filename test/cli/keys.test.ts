import { once } from "node:events";
import { rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUCKET, openRig, type Rig, type Run, SECRET_ID, SECRET_KEY } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
  await writeFile(join(rig.folder, "a.txt"), "a");
});
afterAll(() => rig.close());

/** An upload whose keys are those of a file below the home. Nothing is sent, and the file's secret is not shown. */
async function uploadWith(
  name: string,
  text: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const path = join(rig.folder, name);
  await writeFile(path, text, { mode: 0o600 });
  const words = ["cp", "a.txt", `cos://${BUCKET}/k`];
  const run = await rig.run(words, { env: { COS_SECRET_ID: "", COS_SECRET_KEY: "", ...env } });
  await rm(path);
  expect(run.stdout + run.stderr).not.toContain("HUSH");
  expect(rig.requests).toEqual([]);
  return run;
}

it.each([
  [".cos.yaml", `cos:\n  base:\n    secretid: ${SECRET_ID}\n    secretkey: ${SECRET_KEY}\n`],
  [".cos.conf", `[common]\nsecret_id = ${SECRET_ID}\nsecret_key = ${SECRET_KEY}\n`],
])("the keys in %s sign requests", async (name, text) => {
  await writeFile(join(rig.folder, name), text);
  const run = await rig.run(["ls", `cos://${BUCKET}`], { env: { COS_SECRET_ID: "", COS_SECRET_KEY: "" } });
  await rm(join(rig.folder, name));
  expect(run).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(rig.requests.splice(0)).toEqual(["ListObjects "]);
});

it.each([
  [
    ".cos.yaml",
    "cos:\n  base:\n    secretkey: HUSH\n",
    "~/.cos.yaml (coscli) has no secretid: both are required",
  ],
  [
    ".cos.yaml",
    "cos:\n  base:\n    secretid: id\n",
    "~/.cos.yaml (coscli) has no secretkey: both are required",
  ],
  [".cos.conf", "[common]\nsecret_key = HUSH\n", "~/.cos.conf (coscmd) has no secret_id: both are required"],
  [".cos.conf", "[common]\nsecret_id = id\n", "~/.cos.conf (coscmd) has no secret_key: both are required"],
])("%s with half a pair is exit code 3: %j", async (name, text, says) => {
  expect(await uploadWith(name, text)).toEqual({ code: 3, stdout: "", stderr: `cosup: ${says}\n` });
});

const WORK = `[profile.work]\nsecret_id = "id"\nsecret_key = "HUSH"\n`;
const CHOOSE = "choose one with --profile: work; or set COS_SECRET_ID and COS_SECRET_KEY";
it.each([
  [WORK, `no credentials: no profile is named; ${CHOOSE}`],
  [`[profile.default]\nmd5 = true\n${WORK}`, `no credentials: profile 'default' has none; ${CHOOSE}`],
  [
    `[profile.default]\nsecret_key = "HUSH"\n`,
    "profile 'default' (keys.toml) has no secret_id: secret_id and secret_key are both required",
  ],
])("profiles without a key pair are exit code 3: %j", async (text, says) => {
  const run = await uploadWith("keys.toml", text, { COSUP_CONFIG: "keys.toml" });
  expect(run).toEqual({ code: 3, stdout: "", stderr: `cosup: ${says}\n` });
});

describe("the role of a CVM instance", () => {
  const server = createServer(({ url = "" }, response) => {
    response.writeHead(url.endsWith("/none") ? 404 : 500).end("HUSH");
  });
  let host = "";
  beforeAll(async () => {
    await once(server.listen(0, "127.0.0.1"), "listening");
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  it.each([
    ["none", "knows no such role; bind it to the instance"],
    ["broken", "responded with status 500"],
  ])("%s is exit code 3", async (role, says) => {
    const env = { COSUP_CONFIG: "role.toml", COSUP_METADATA_URL: `http://${host}` };
    const run = await uploadWith("role.toml", `[profile.default]\nrole = "${role}"\n`, env);
    const stderr = `cosup: the role '${role}' of this CVM instance: ${host} ${says}\n`;
    expect(run).toEqual({ code: 3, stdout: "", stderr });
  });

  it("outside of Tencent Cloud is exit code 3", async () => {
    const env = { COSUP_CONFIG: "role.toml", COSUP_METADATA_URL: "http://nowhere.invalid" };
    const run = await uploadWith("role.toml", `[profile.default]\nrole = "r"\n`, env);
    expect(run).toMatchObject({ code: 3, stdout: "" });
    expect(run.stderr).toMatch(
      /nowhere\.invalid cannot be reached \(\w+\); it exists only inside Tencent Cloud\n$/,
    );
  });
});
