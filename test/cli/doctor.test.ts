import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createWebServer } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EmulatorOptions, type Policy, startEmulator } from "@cosup/emulator";
import { afterAll, beforeAll, expect, it } from "vitest";
import { BUCKET, jsonLines, openRig, type Rig, type Run, SECRET_ID, SECRET_KEY } from "./rig.ts";

let rig: Rig;
const AT = `cos://${BUCKET}`;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

/** What was found of each thing: `{ dns: "ok" }`. Neither the output nor the errors have a secret. */
function statusesOf(run: Run): Record<string, unknown> {
  expect(run.stdout + run.stderr).not.toContain(SECRET_KEY);
  const findings = jsonLines(run).filter(({ type }) => type === "finding");
  return Object.fromEntries(findings.map(({ check, status }) => [check, status]));
}

const adviceOf = (run: Run, check: string): unknown =>
  jsonLines(run).find((line) => line.check === check)?.advice;

const messageOf = (run: Run, check: string): unknown =>
  jsonLines(run).find((line) => line.check === check)?.message;

const REACHED = {
  config: "ok",
  credentials: "ok",
  endpoint: "ok",
  proxy: "ok",
  dns: "ok",
  connection: "ok",
  clock: "ok",
};

it("finds that everything works, and leaves nothing behind", async () => {
  const run = await rig.run(["doctor", `${AT}/dir/`, "--write", "--json"]);
  expect(run).toMatchObject({ code: 0, stderr: "" });
  expect(statusesOf(run)).toEqual({ ...REACHED, list: "ok", put: "ok", delete: "ok" });
  expect(jsonLines(run).at(-1)).toEqual({ type: "summary", ok: 10, warn: 0, fail: 0 });
  expect(messageOf(run, "dns")).toBe("127.0.0.1 is an address");
  expect(messageOf(run, "connection")).toMatch(/^reached, without TLS, status \d+ without a signature$/);
  expect(messageOf(run, "list")).toBe(`${AT}/dir/ can be listed`);
  expect(messageOf(run, "put")).toMatch(/^wrote cos:\/\/\S+\/dir\/cosup-doctor-/);
  expect(messageOf(run, "delete")).toBe("deleted it");
  expect(rig.requests).toContainEqual(expect.stringMatching(/^PutObject dir\/cosup-doctor-/));
  expect((await rig.run(["ls", "-r", AT])).stdout).toBe("");
});

it("writes nothing without --write, and asks nothing of a bucket that is not named", async () => {
  const before = rig.requests.length;
  const run = await rig.run(["doctor", AT, "--json"]);
  expect(statusesOf(run)).toEqual({ ...REACHED, list: "ok" });
  expect(rig.requests.slice(before).some((request) => request.startsWith("Put"))).toBe(false);
  const none = await rig.run(["doctor"]);
  expect(none.code).toBe(0);
  // Wrong keys would look the same.
  expect(none.stdout).toMatch(
    /^ok {4}credentials {2}.*\n +Whether COS knows it is not asked without a bucket/m,
  );
  expect(adviceOf(run, "credentials")).toBeUndefined();
  expect(none.stdout).toMatch(/^ok {4}clock {8}agrees with COS$/m);
  expect(await rig.run(["doctor", "--write"])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/--write/),
  });
});

it("tells a wrong key from a wrong id, and a bucket that is not there", async () => {
  const key = await rig.run(["doctor", AT, "--json"], { env: { COS_SECRET_KEY: "wrong-secret-key" } });
  expect(statusesOf(key)).toEqual({ ...REACHED, list: "fail" });
  expect(key.code).toBe(3);
  expect(adviceOf(key, "list")).toMatch(/SecretKey is not that of the SecretId/);
  expect(key.stdout).not.toContain("wrong-secret-key");
  const id = await rig.run(["doctor", AT, "--json"], { env: { COS_SECRET_ID: "AKIDunknown" } });
  expect(id.code).toBe(3);
  expect(adviceOf(id, "list")).toMatch(/does not know the SecretId/);
  const bucket = await rig.run(["doctor", "cos://nobody-1250000000", "--json"]);
  expect(bucket.code).toBe(1);
  expect(adviceOf(bucket, "list")).toMatch(/bucket's name with its APPID/);
});

it("finds missing and half credentials, and still looks at the connection", async () => {
  const none = await rig.run(["doctor", AT, "--json"], { env: { COS_SECRET_ID: "", COS_SECRET_KEY: "" } });
  expect(statusesOf(none)).toEqual({ ...REACHED, credentials: "fail" });
  expect(none.code).toBe(3);
  expect(adviceOf(none, "credentials")).toBe(
    "Set COS_SECRET_ID and COS_SECRET_KEY, and COS_TOKEN for temporary credentials; or run cosup config init.",
  );
  const half = await rig.run(["doctor", AT], { env: { COS_SECRET_ID: "" } });
  expect(half.stdout).toMatch(/^fail {2}credentials {2}COS_SECRET_ID is not set, but COS_SECRET_KEY is/m);
});

it("finds a missing region, a name that does not exist and a port where nobody listens", async () => {
  const unset = await rig.run(["doctor", AT, "--json"], { env: { COS_REGION: "", COS_ENDPOINT: "" } });
  expect(statusesOf(unset)).toEqual({ config: "ok", credentials: "ok", endpoint: "fail" });
  expect(unset.code).toBe(2);
  expect(adviceOf(unset, "endpoint")).toBe("Set it with --region, COS_REGION or region of a profile.");
  const endpoint = "http://{Bucket}.cos.nowhere.invalid";
  const name = await rig.run(["doctor", AT, "--json", "--endpoint", endpoint]);
  expect(statusesOf(name)).toEqual({
    config: "ok",
    credentials: "ok",
    endpoint: "ok",
    proxy: "ok",
    dns: "fail",
  });
  expect(adviceOf(name, "dns")).toMatch(/^Check the name of the region \(--region\) or of the endpoint/);
  expect(messageOf(name, "dns")).toMatch(/^\S+\.cos\.nowhere\.invalid is not found: /);
  expect(name.code).toBe(5);
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  const refused = await rig.run(["doctor", AT, "--json", "--endpoint", `http://127.0.0.1:${port}/{Bucket}`]);
  expect(statusesOf(refused)).toMatchObject({ dns: "ok", connection: "fail" });
  expect(refused.code).toBe(5);
  expect(adviceOf(refused, "connection")).toMatch(
    /^Check the endpoint and its port, the firewall, and whether/,
  );
});

/** Runs `work` with an emulator of its own. */
async function withEmulator(
  options: Partial<EmulatorOptions>,
  work: (emulator: Awaited<ReturnType<typeof startEmulator>>) => Promise<void>,
): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), "cosup-doctor-"));
  const buckets = [BUCKET, "spare-1250000000"];
  const credentials = [{ secretId: SECRET_ID, secretKey: SECRET_KEY }];
  const emulator = await startEmulator({ data, buckets, credentials, ...options });
  try {
    await work(emulator);
  } finally {
    await emulator.close();
    await rm(data, { recursive: true, force: true });
  }
}

it("warns of a key that may not list, and finds that it may not delete", async () => {
  const policy: Policy = {
    version: "2.0",
    statement: [{ effect: "allow", action: "name/cos:PutObject", resource: "*" }],
  };
  const credentials = [{ secretId: SECRET_ID, secretKey: SECRET_KEY, policy }];
  await withEmulator({ credentials }, async ({ url }) => {
    const run = await rig.run(["doctor", AT, "--json", "--write", "--endpoint", `${url}/{Bucket}`]);
    expect(statusesOf(run)).toEqual({ ...REACHED, list: "warn", put: "ok", delete: "fail" });
    expect(adviceOf(run, "list")).toMatch(/^ls, rm -r, check and downloads of folders need cos:GetBucket;/);
    expect(adviceOf(run, "delete")).toMatch(/^The empty object cos:\/\/\S+cosup-doctor-\S+ is left/);
    expect(run.code).toBe(3);
  });
});

it("names TLS, and a certificate that is not trusted", async () => {
  await withEmulator({ tls: true }, async ({ url, ca }) => {
    const words = ["doctor", AT, "--json", "--endpoint", `${url}/{Bucket}`];
    const run = await rig.run(words);
    expect(statusesOf(run)).toMatchObject({ dns: "ok", connection: "fail" });
    expect(adviceOf(run, "connection")).toMatch(/uses its own certificate: set NODE_EXTRA_CA_CERTS/);
    expect(run.code).toBe(5);
    const file = join(rig.folder, "ca.pem");
    await writeFile(file, ca ?? "");
    const trusted = await rig.run(words, { env: { NODE_EXTRA_CA_CERTS: file } });
    expect(trusted.stdout).toMatch(/"message":"reached, TLSv1.3, certificate trusted/);
    expect(trusted.code).toBe(0);
  });
});

it.each([
  [3_600_000, "fail", 3, /^this machine is 3\d\d\d s behind COS$/],
  [-3_600_000, "fail", 3, /^this machine is 3\d\d\d s ahead of COS$/],
  [60_000, "warn", 0, /^this machine is [56]\d s behind COS$/],
])("finds a clock that is wrong by %i ms", async (skewMs, status, code, says) => {
  await withEmulator({ now: () => Date.now() + skewMs }, async ({ url }) => {
    const run = await rig.run(["doctor", AT, "--json", "--endpoint", `${url}/{Bucket}`]);
    expect(statusesOf(run)).toMatchObject({ connection: "ok", clock: status });
    expect(messageOf(run, "clock")).toMatch(says);
    expect(adviceOf(run, "clock")).toMatch(/^Set this machine's clock, with NTP for one\./);
    expect(run.code).toBe(code);
  });
});

it("hides the password of a proxy, and names what does not go through it", async () => {
  await withEmulator({}, async ({ url }) => {
    const words = ["doctor", AT, "--json", "--endpoint", `${url}/{Bucket}`];
    const proxy = await rig.run([...words, "--proxy", "http://user:proxy-password@127.0.0.1:9"]);
    expect(proxy.stdout).toMatch(/"message":"http:\/\/127.0.0.1:9 \(--proxy\)"/);
    expect(proxy.stdout + proxy.stderr).not.toContain("proxy-password");
    const env = { http_proxy: "http://user:proxy-password@127.0.0.1:9", NO_PROXY: "example.com" };
    const other = await rig.run(words, { env });
    expect(messageOf(other, "proxy")).toBe("http://127.0.0.1:9 (http_proxy, but for NO_PROXY=example.com)");
    expect(other.stdout + other.stderr).not.toContain("proxy-password");
  });
});

it("warns of a server that does not tell its time, and compares no clock then", async () => {
  const server = createWebServer((_request, response) => {
    response.sendDate = false;
    response.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = server.address() as AddressInfo;
  try {
    const run = await rig.run(["doctor", "--json", "--endpoint", `http://127.0.0.1:${port}/{Bucket}`]);
    expect(statusesOf(run)).toEqual({ ...REACHED, clock: "warn" });
    expect(messageOf(run, "clock")).toBe("the response has no date");
    expect(run.code).toBe(0);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});

it("a server that does not respond has ten seconds", async () => {
  const server = createServer((socket) => socket.resume()).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const run = await rig.run(["doctor", "--json", "--endpoint", `http://127.0.0.1:${port}/{Bucket}`]);
    expect(messageOf(run, "connection")).toBe("no response within 10 s");
    expect(run.code).toBe(5);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});

it("names temporary keys, the place of a profile, and variables that set nothing", async () => {
  const env = { COS_TOKEN: "token", COSUP_REGOIN: "x", COSUP_PART: "8" };
  const { stdout, code } = await rig.run(["doctor"], { env });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ok {4}config {7}no profile \(\/.*config\.toml\);/m);
  expect(stdout).toMatch(/^warn {2}config {7}no flag has these variables: COSUP_REGOIN, COSUP_PART$/m);
  expect(stdout).toMatch(/^ {19}Compare the names with those of the flags\.$/m);
  expect(stdout).toMatch(
    /^ok {4}credentials {2}a temporary key pair from COS_SECRET_ID and COS_SECRET_KEY$/m,
  );
});
