import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUCKET, jsonLines, type Running, SECRET_ID, SECRET_KEY, startCosup } from "./rig.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosup-emulator-"));
  await writeFile(join(folder, "a.txt"), "hello");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const KEYS = ["--secret-id", SECRET_ID, "--secret-key", SECRET_KEY];

async function start(...words: string[]): Promise<{ running: Running; port: string }> {
  const running = startCosup(["emulator", "--port", "0", "--data", "data", ...KEYS, ...words], {
    cwd: folder,
  });
  const [, port = ""] = await running.line(/listening on http:\/\/127\.0\.0\.1:(\d+)/);
  return { running, port };
}

const environment = (port: string): Record<string, string> => ({
  COS_SECRET_ID: SECRET_ID,
  COS_SECRET_KEY: SECRET_KEY,
  COS_ENDPOINT: `http://127.0.0.1:${port}/{Bucket}`,
});

describe("cosup emulator", () => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "prints how to connect, serves, and exits cleanly on %s",
    async (signal) => {
      const { running, port } = await start("--bucket", BUCKET);
      const env = environment(port);
      const copied = await startCosup(["cp", "a.txt", `cos://${BUCKET}/${signal}`], { cwd: folder, env })
        .ended;
      expect(copied.code).toBe(0);
      running.child.kill(signal);
      const run = await running.ended;
      expect(run).toMatchObject({ code: 0, stderr: "" });
      // Keys that the user gave are not repeated.
      expect(run.stdout.split("\n")).toEqual([
        `cosup emulator listening on http://127.0.0.1:${port} (${BUCKET})`,
        `  endpoint  http://127.0.0.1:${port}/{Bucket}`,
        "  data      data",
        "  keys      those that you gave",
        `  cosup     export COS_ENDPOINT='http://127.0.0.1:${port}/{Bucket}' COS_REGION=ap-guangzhou`,
        `  Node SDK  new COS({ SecretId: "…", SecretKey: "…", Protocol: "http:", Ip: "127.0.0.1:${port}" })`,
        expect.stringMatching(
          new RegExp(`^  console   http://127.0.0.1:${port}/_cosup/console\\?token=[0-9a-f]{32}$`),
        ),
        "",
      ]);
    },
  );

  it("keeps its data from one run to the next", async () => {
    const { running, port } = await start("--bucket", BUCKET);
    const words = ["stat", `cos://${BUCKET}/SIGTERM`, "--json"];
    const run = await startCosup(words, { cwd: folder, env: environment(port) }).ended;
    expect(jsonLines(run)[0]).toMatchObject({ size: 5 });
    running.child.kill();
    await running.ended;
  });

  it.each([
    [[], 403],
    [["--cors"], 200],
  ] as const)("with %j responds to a preflight with %i", async (words, status) => {
    const { running, port } = await start("--bucket", BUCKET, ...words);
    const headers = { origin: "https://page.test", "access-control-request-method": "PUT" };
    const response = await fetch(`http://127.0.0.1:${port}/a.txt`, { method: "OPTIONS", headers });
    expect(response.status).toBe(status);
    running.child.kill();
    await running.ended;
  });

  it("plays a fault script, and refuses an invalid one", async () => {
    const script = [
      { op: "PutObject", when: "before-headers", fault: { kind: "status", code: "AccessDenied" } },
    ];
    await writeFile(join(folder, "faults.json"), JSON.stringify(script));
    const running = startCosup(
      ["emulator", "--port", "0", "--data", "data", ...KEYS, "--bucket", BUCKET, "--faults", "faults.json"],
      { cwd: folder, env: { COSUP_CONTROL_TOKEN: "the-token" } },
    );
    const [, port = ""] = await running.line(/listening on .*:(\d+)/);
    const words = ["cp", "a.txt", `cos://${BUCKET}/faulty`];
    const [first, second] = [
      await startCosup(words, { cwd: folder, env: environment(port) }).ended,
      await startCosup(words, { cwd: folder, env: environment(port) }).ended,
    ];
    expect([first.code, second.code]).toEqual([3, 0]);
    const receipt = async (value: string) =>
      fetch(`http://127.0.0.1:${port}/_cosup/faults/default`, { headers: { "x-cosup-token": value } });
    expect([(await receipt("other")).status, (await receipt("the-token")).status]).toEqual([403, 200]);
    running.child.kill();
    expect((await running.ended).stdout).toMatch(/^control API http.* \(x-cosup-token: the-token\)$/m);
    await writeFile(join(folder, "faults.json"), JSON.stringify([{ op: "NoSuchOperation" }]));
    const refused = startCosup(
      ["emulator", "--port", "0", "--data", "data", ...KEYS, "--bucket", BUCKET, "--faults", "faults.json"],
      { cwd: folder },
    );
    expect(await refused.ended).toMatchObject({ code: 2, stdout: "" });
  });

  it("serves several buckets", async () => {
    const { running, port } = await start("--bucket", "one-1250000000", "--bucket", "two-1250000000");
    for (const bucket of ["one", "two"]) {
      const words = ["cp", "a.txt", `cos://${bucket}-1250000000/`];
      expect((await startCosup(words, { cwd: folder, env: environment(port) }).ended).code).toBe(0);
    }
    running.child.kill();
    await running.ended;
  });

  it("logs every request with --verbose, without secrets", async () => {
    const { running, port } = await start("--verbose");
    await startCosup(["cp", "a.txt", `cos://${BUCKET}/seen`], { cwd: folder, env: environment(port) }).ended;
    for (const path of [`${BUCKET}/unsigned`, "_cosup/faults/run1?x"])
      await fetch(`http://127.0.0.1:${port}/${path}`);
    running.child.kill();
    const { stdout } = await running.ended;
    const rest = String.raw`\d+\.\d ms [\w=]+`;
    const line = (text: string) => new RegExp(String.raw`^\d\d:\d\d:\d\d\.\d{3} ${text}$`, "m");
    expect(stdout).toMatch(line(`200 PutObject PUT /demo-1250000000/seen in 5 B ${rest}`));
    expect(stdout).toMatch(
      line(String.raw`403 GetObject GET /demo-1250000000/unsigned out \d+ B ${rest} AccessDenied`),
    );
    expect(stdout).toMatch(line(String.raw`403 - GET /_cosup/faults/run1 out \d+ B ${rest}`));
    expect(stdout).not.toContain("q-signature");
    expect(stdout).not.toContain(SECRET_ID);
  });

  it("takes the key pair from the environment", async () => {
    const words = ["emulator", "--port", "0", "--data", "data"];
    const running = startCosup(words, { cwd: folder, env: environment("1") });
    await running.line(/listening on/);
    running.child.kill();
    expect((await running.ended).code).toBe(0);
  });

  it("serves a temporary key with a policy, from the environment", async () => {
    const resource = `qcs::cos:ap-guangzhou:uid/1250000000:${BUCKET}/up/*`;
    const statement = { effect: "allow", action: ["name/cos:PutObject", "name/cos:HeadObject"], resource };
    await writeFile(join(folder, "policy.json"), JSON.stringify({ version: "2.0", statement }));
    const words = ["emulator", "--port", "0", "--data", "data", "--policy", "policy.json"];
    const running = startCosup(words, { cwd: folder, env: { ...environment("1"), COS_TOKEN: "the-token" } });
    const [, port = ""] = await running.line(/listening on .*:(\d+)/);
    const copy = async (key: string, token?: string) => {
      const env = { ...environment(port), COS_TOKEN: token };
      return (await startCosup(["cp", "a.txt", `cos://${BUCKET}/${key}`], { cwd: folder, env }).ended).code;
    };
    expect(await copy("up/a", "the-token")).toBe(0);
    expect(await copy("other/a", "the-token")).toBe(3);
    expect(await copy("up/a")).toBe(3);
    running.child.kill();
    await running.ended;
  });

  it("has a key pair that everybody knows, and what it prints connects the command line", async () => {
    const running = startCosup(["emulator", "--port", "0", "--memory"], { cwd: folder });
    const [, id = "", key = "", endpoint = ""] = await running.line(
      /export COS_SECRET_ID=(\S+) COS_SECRET_KEY=(\S+) COS_ENDPOINT='(.*)'/,
    );
    expect([id, key]).toEqual(["AKIDcosupemulator", "cosup-emulator-secret-key"]);
    const env = { COS_SECRET_ID: id, COS_SECRET_KEY: key, COS_ENDPOINT: endpoint };
    const before = await readdir(folder);
    const words = ["cp", "a.txt", "cos://demo-1250000000/a.txt"];
    expect((await startCosup(words, { cwd: folder, env }).ended).code).toBe(0);
    expect(await readdir(folder)).toEqual(before);
    running.child.kill();
    expect((await running.ended).stdout).toContain("  data      in memory, gone when it stops\n");
  });

  it.each([[[]], [["--tls"]]])(
    "with --host 0.0.0.0 and %j, prints an address that other machines can use",
    async (more) => {
      const words = ["emulator", "--host", "0.0.0.0", "--port", "0", "--memory", ...more];
      const running = startCosup(words, { cwd: folder });
      const [, id = "", key = "", endpoint = "", , ca = ""] = await running.line(
        /export COS_SECRET_ID=(\S+) COS_SECRET_KEY=(\S+) COS_ENDPOINT='(.*)'( NODE_EXTRA_CA_CERTS=(\S+))?/,
      );
      const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
      const own = addresses
        .filter(({ family, internal }) => family === "IPv4" && !internal)
        .map(({ address }) => address);
      const { hostname } = new URL(endpoint.replace("/{Bucket}", ""));
      expect(own.length === 0 ? ["127.0.0.1"] : own).toContain(hostname);
      const env = { COS_SECRET_ID: id, COS_SECRET_KEY: key, COS_ENDPOINT: endpoint, NODE_EXTRA_CA_CERTS: ca };
      const copied = startCosup(["cp", "a.txt", "cos://demo-1250000000/a.txt"], { cwd: folder, env });
      expect((await copied.ended).code).toBe(0);
      running.child.kill();
      const { stdout } = await running.ended;
      expect(stdout.split("\n").slice(1).join("\n")).not.toContain("0.0.0.0");
    },
  );

  it("makes a key pair where others can reach it, and takes a token for it", async () => {
    const words = ["emulator", "--host", "0.0.0.0", "--port", "0", "--memory", "--token", "t"];
    const running = startCosup(words, { cwd: folder });
    await running.line(/listening on .*:(\d+)/);
    running.child.kill();
    expect((await running.ended).stdout).toMatch(
      /^ +keys +COS_SECRET_ID=\w+ COS_SECRET_KEY=[0-9a-f]{32} COS_TOKEN=…$/m,
    );
  });

  it("serves HTTPS with --tls to clients that trust its certificate", async () => {
    const running = startCosup(["emulator", "--port", "0", "--memory", "--tls"], { cwd: folder });
    const [, id = "", key = "", endpoint = "", ca = ""] = await running.line(
      /COS_SECRET_ID=(\S+) COS_SECRET_KEY=(\S+) COS_ENDPOINT='(https:.*)' NODE_EXTRA_CA_CERTS=(\S+)/,
    );
    const env = { COS_SECRET_ID: id, COS_SECRET_KEY: key, COS_ENDPOINT: endpoint };
    const copy = async (more: Record<string, string>) =>
      startCosup(["cp", "a.txt", "cos://demo-1250000000/a.txt"], { cwd: folder, env: { ...env, ...more } })
        .ended;
    expect((await copy({ NODE_EXTRA_CA_CERTS: ca })).code).toBe(0);
    expect(await copy({})).toMatchObject({ code: 1, stderr: expect.stringContaining("NODE_EXTRA_CA_CERTS") });
    running.child.kill();
    const { stdout } = await running.ended;
    expect(stdout).toContain(` }) // run node with NODE_EXTRA_CA_CERTS=${ca}\n`);
    await expect(readFile(ca)).rejects.toThrow("ENOENT");
  });

  it("lists the buckets of earlier starts", async () => {
    for (const [name, list] of [
      ["old-1250000000", "old-1250000000"],
      ["new-1250000000", "new-1250000000, old-1250000000"],
    ] as const) {
      const words = ["emulator", "--port", "0", "--data", "several", ...KEYS, "--bucket", name];
      const running = startCosup(words, { cwd: folder });
      const [, listed] = await running.line(/listening on .* \((.*)\)/);
      expect(listed).toBe(list);
      running.child.kill();
      await running.ended;
    }
  });

  it("accepts parts of --min-part-size", async () => {
    const { running, port } = await start("--min-part-size", "5242880");
    await writeFile(join(folder, "parts.bin"), new Uint8Array(21 * 1024 * 1024));
    const words = ["cp", "parts.bin", `cos://${BUCKET}/parts`, "--json"];
    const env = { ...environment(port), COSUP_STATE_DIR: join(folder, "state") };
    const small = await startCosup(words, { cwd: folder, env }).ended;
    expect(small).toMatchObject({ code: 1, stderr: expect.stringContaining("EntityTooSmall") });
    const large = await startCosup([...words, "--part-size", "5", "--resume", "off"], { cwd: folder, env })
      .ended;
    expect(large.code).toBe(0);
    running.child.kill();
    await running.ended;
  });
});
