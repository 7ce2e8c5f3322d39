import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Middleware } from "@cosup/emulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUCKET, openRig, type Rig, SECRET_KEY } from "./rig.ts";

const TO = `cos://${BUCKET}/k.txt`;

let refusals = 0;
const refuseOnce: Middleware = async (call, next) => {
  if (call.operation !== "PutObject" || refusals > 0) return next();
  refusals += 1;
  return { status: 503, headers: {}, body: "<Error><Code>SlowDown</Code></Error>" };
};

let rig: Rig;
beforeAll(async () => {
  rig = await openRig([refuseOnce]);
  await writeFile(join(rig.folder, "a.txt"), "a");
  await mkdir(join(rig.folder, "folder"));
});
afterAll(() => rig.close());

const logLines = async (name: string): Promise<Record<string, unknown>[]> =>
  (await readFile(join(rig.folder, name), "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

it("-v prints each request and each retry, and --log-file keeps the same as JSON lines", async () => {
  const run = await rig.run(["cp", "a.txt", TO, "-v", "--log-file", "run.log"]);
  expect(run.code).toBe(0);
  const target = `PUT cos://${BUCKET}/k\\.txt`;
  const time = "\\d\\d:\\d\\d:\\d\\d\\.\\d{3}";
  expect(run.stderr.trimEnd().split("\n")).toEqual([
    expect.stringMatching(new RegExp(`^${time} ${target} 503 putObject attempt 1 \\d+ ms \\S+ throttled$`)),
    expect.stringMatching(
      new RegExp(`^${time} again in \\d+ ms: throttled, attempt 2, putObject of k\\.txt$`),
    ),
    expect.stringMatching(new RegExp(`^${time} ${target} 200 putObject attempt 2 \\d+ ms \\S{10,}$`)),
  ]);
  const lines = await logLines("run.log");
  expect(lines).toMatchObject([
    { type: "start" },
    {
      type: "request",
      method: "PUT",
      bucket: BUCKET,
      key: "k.txt",
      attempt: 1,
      status: 503,
      code: "throttled",
    },
    { type: "retry", operation: "putObject", key: "k.txt", attempt: 1, code: "throttled" },
    { type: "request", attempt: 2, status: 200 },
  ]);
  for (const { at } of lines) expect(at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
});

it("a log file is appended to, and needs no -v", async () => {
  const before = (await logLines("run.log")).length;
  const run = await rig.run(["stat", TO, "--log-file", "run.log"]);
  expect(run.stderr).toBe("");
  expect((await logLines("run.log")).slice(before)).toMatchObject([
    { type: "start" },
    { operation: "headObject" },
  ]);
});

it.each([
  ["cp", "-r", "logged", `cos://${BUCKET}/logged/`],
  ["mv", "-r", "logged", `cos://${BUCKET}/logged/`],
  ["sync", "logged", `cos://${BUCKET}/logged/`],
  ["sync", "logged", `cos://${BUCKET}/logged/`, "--watch"],
  ["sync", `cos://${BUCKET}/logged/`, "logged", "--delete"],
  ["check", "logged", `cos://${BUCKET}/logged/`],
])("a log file in its own folder is refused: %s", async (...words) => {
  await mkdir(join(rig.folder, "logged"), { recursive: true });
  await writeFile(join(rig.folder, "logged/a"), "a");
  const before = rig.requests.length;
  const run = await rig.run([...words, "--log-file", "logged/run.log"]);
  expect(run).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/is in the folder that is.*--log-file/),
  });
  expect(existsSync(join(rig.folder, "logged/run.log"))).toBe(false);
  expect(rig.requests.length).toBe(before);
  if (words.includes("--watch")) return;
  const left = await rig.run([...words, "--log-file", "logged/run.log", "--exclude", "*.log"]);
  expect(left.stderr).toBe("");
  await rm(join(rig.folder, "logged"), { recursive: true });
});

it("-vv prints headers, and no secret", async () => {
  const env = { COS_TOKEN: "tokentestonly0123456789" };
  const run = await rig.run(["stat", TO, "-vv", "--log-file", "secrets.log"], { env });
  expect(run.stderr).toMatch(
    new RegExp(`^> HEAD http://127\\.0\\.0\\.1:${rig.port}/${BUCKET}/k\\.txt$`, "m"),
  );
  expect(run.stderr).toMatch(/^> authorization: \(hidden\)$/m);
  expect(run.stderr).toMatch(/^> x-cos-security-token: \(hidden\)$/m);
  expect(run.stderr).toMatch(/^< \d{3}$/m);
  const all = run.stdout + run.stderr + (await readFile(join(rig.folder, "secrets.log"), "utf8"));
  expect(all).toContain('"type":"exchange"');
  expect(all).not.toMatch(/q-signature=[0-9a-f]/);
  for (const secret of [SECRET_KEY, env.COS_TOKEN]) expect(all).not.toContain(secret);
});

describe("a failure", () => {
  it.each([
    [["-v"], false],
    [["-vv"], true],
    [["-v", "--verbose"], true],
  ])("with %j has a stack: %s", async (flags, hasStack) => {
    const run = await rig.run(["stat", `cos://${BUCKET}/missing`, ...flags]);
    expect(run.code).toBe(1);
    expect(/\n {4}at /.test(run.stderr)).toBe(hasStack);
  });

  it("of the log file is told before anything is sent", async () => {
    const before = rig.requests.length;
    const run = await rig.run(["stat", TO, "--log-file", "folder"]);
    expect(run).toMatchObject({
      code: 2,
      stderr: "cosup: logFile: folder cannot be written: EISDIR (--log-file)\n",
    });
    expect(rig.requests.length).toBe(before);
  });
});

it.runIf(existsSync("/dev/full"))(
  "a log that cannot be written is said once, and stops nothing",
  async () => {
    const run = await rig.run(["stat", TO, "--log-file", "/dev/full"]);
    expect(run.code).toBe(0);
    expect(run.stderr).toBe("warning: /dev/full cannot be written any more: ENOSPC\n");
  },
);
