import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Middleware } from "@cosup/emulator";
import { createCos } from "@cosup/node";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { heldRequests, partsBehind } from "./held-requests.ts";
import {
  BUCKET,
  crc64OfFile,
  jsonLines,
  MiB,
  openRig,
  type Rig,
  type Run,
  SECRET_ID,
  SECRET_KEY,
  slowParts,
  startCosup,
  startProcess,
} from "./rig.ts";

/** A line break and a colour by C1, reversed reading, a line separator, DEL: all of which COS accepts in a key. */
const KEY_CANARY = "a\r\nFORGED\u009b31m\u202eb\u2028FORGED\u2066\u007f\tc";
/** The same for texts that are not keys, with the escape character too. */
const CANARY = `${KEY_CANARY}\u001b[2K\u001b]0;FORGED\u0007`;

const hostile: Middleware = async (call, next) => {
  if (call.key.startsWith("refused")) {
    const body = `<Error><Code>AccessDenied${KEY_CANARY}</Code><Message>${CANARY}</Message></Error>`;
    const headers = { "Content-Type": "application/xml", "x-cos-request-id": "\u009b31m" };
    return { status: 403, headers, body };
  }
  const response = await next();
  if (call.operation !== "HeadObject") return response;
  return { ...response, headers: { ...response.headers, "x-cos-meta-note": "\u009b31m\u0085FORGED" } };
};

const parts = heldRequests();
let rig: Rig;
beforeAll(async () => {
  rig = await openRig([hostile, parts.middleware, slowParts(100)]);
  await writeFile(join(rig.folder, CANARY), "a");
  await writeFile(join(rig.folder, KEY_CANARY), "b");
  await mkdir(join(rig.folder, "tree", KEY_CANARY), { recursive: true });
  await writeFile(join(rig.folder, "tree", KEY_CANARY, "plain"), "c");
  // Its name has an escape character, which COS refuses in a key: this one fails.
  await writeFile(join(rig.folder, "tree", CANARY), "d");
  await rig.file(`big ${CANARY}`, 30 * MiB);
});
afterEach(() => parts.release());
afterAll(() => rig.close());

const to = (key: string): string => `cos://${BUCKET}/${key}`;

// biome-ignore lint/complexity/useRegexLiterals: as a literal, the linter refuses every character of it
const UNSAFE = new RegExp(
  "[\\u0000-\\u0009\\u000b-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]",
);

/** Prints nothing that moves the cursor or turns the reading, and no line that the canary began. */
function expectSafe({ stdout, stderr }: Run): void {
  expect(stdout + stderr).not.toMatch(UNSAFE);
  expect(stdout + stderr).not.toMatch(/^FORGED/m);
}

/** Prints the canary, in escapes. */
async function shown(...words: string[]): Promise<Run> {
  const run = await rig.run(words);
  expectSafe(run);
  expect(run.stdout + run.stderr).toMatch(/\\(x9b|u009b)31m/);
  return run;
}

describe.each([[[]], [["--json"]], [["--quiet"]], [["--dry-run"]]])("cp %j", (flags) => {
  it("of a file", async () => {
    const run = await rig.run(["cp", KEY_CANARY, to("plain"), ...flags]);
    expect(run.code).toBe(0);
    expectSafe(run);
  });

  it("of a folder, with a name that cannot be a key", async () => {
    const run = await shown("cp", "-r", "tree", to("tree/"), ...flags);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain("\\x1b[2K");
  });

  it("that the server refuses in its own words", async () => {
    if (flags[0] === "--dry-run") return;
    const run = await shown("cp", KEY_CANARY, to("refused"), ...flags);
    expect(run.code).not.toBe(0);
  });
});

describe("wrong arguments", () => {
  it.each<[string, string[]]>([
    ["a command", [CANARY]],
    ["an option", ["cp", "a", to("k"), `--${CANARY}`]],
    ["a file that is not there", ["cp", `no ${CANARY}`, to("k")]],
    ["a folder without -r", ["cp", `tree/${KEY_CANARY}`, to("k")]],
    ["a target", ["cp", "tree", CANARY]],
    ["a key that is too long", ["stat", to(KEY_CANARY.repeat(100) + CANARY)]],
    ["a number", ["cp", "a", to("k"), "--part-size", CANARY]],
    ["a choice", ["cp", "a", to("k"), "--resume", CANARY]],
    ["a header's value", ["cp", KEY_CANARY, to("k"), "--acl", CANARY]],
    ["a metadata name", ["cp", KEY_CANARY, to("k"), "--meta", `${CANARY}=1`]],
    ["a region", ["stat", to("k"), "--region", CANARY]],
    ["an endpoint", ["stat", to("k"), "--endpoint", `http://{${CANARY}}/`]],
    ["two files of one key", ["cp", KEY_CANARY, `./${KEY_CANARY}`, to("d/")]],
    ["a bucket of the emulator", ["emulator", "--bucket", CANARY]],
    ["a duration", ["uploads", "abort", to("k"), "--all", "--older-than", CANARY]],
  ])("%s", async (_what, words) => {
    const run = await rig.run(words);
    expect(run.code).not.toBe(0);
    // Some errors do not contain the word; none prints it unescaped.
    expectSafe(run);
    expect(run.stderr).toMatch(/^cosup: [^\n]+\n$/);
  });
});

it("stat shows a key and metadata with control characters", async () => {
  await rig.run(["cp", KEY_CANARY, to(KEY_CANARY)]);
  expect((await shown("stat", to(KEY_CANARY))).code).toBe(0);
  const run = await shown("stat", to(KEY_CANARY), "--json");
  // A reader of the JSON has the key as it is.
  expect(jsonLines(run)[0]).toMatchObject({ key: KEY_CANARY });
  expect((await shown("stat", to(`no ${KEY_CANARY}`))).code).toBe(1);
  expectSafe(await rig.run(["stat", to("refused")]));
});

it("uploads ls and abort show keys with control characters", async () => {
  const cos = createCos({
    SecretId: SECRET_ID,
    SecretKey: SECRET_KEY,
    Endpoint: `http://127.0.0.1:${rig.port}/{Bucket}`,
  });
  const Key = `unfinished/${KEY_CANARY}`;
  await cos.createMultipartUpload({ Bucket: BUCKET, Key });
  await cos.close();
  const list = await shown("uploads", "ls", to("unfinished/"));
  expect(list.stdout.split("\n")).toHaveLength(2);
  const json = await shown("uploads", "ls", to("unfinished/"), "--json");
  expect(jsonLines(json)[0]).toMatchObject({ key: Key });
  await shown("uploads", "abort", to("unfinished/"), "--all");
  await shown("uploads", "abort", to("refused"), "--upload-id", "x");
  await shown("uploads", "abort", to("refused"), "--upload-id", "x", "--json");
});

it("COSUP_DEBUG prints frames and causes, and no line forged by a message", async () => {
  const words = ["uploads", "abort", to("refused"), "--upload-id", "x"];
  const run = await rig.run(words, { env: { COSUP_DEBUG: "1" } });
  expectSafe(run);
  expect(run.stderr).toMatch(/\nServiceError: [^\n]*\\x9b31m[^\n]*\n {4}at /);
});

it("the progress display shows a name with control characters, and the failure", async () => {
  const tty = { NODE_OPTIONS: "--import=data:text/javascript,process.stderr.isTTY=true" };
  const env = { ...tty, TERM: "xterm", NO_COLOR: "1" };
  const run = await rig.run(["cp", `big ${CANARY}`, to("bar")], { env });
  expect(run.code).toBe(0);
  const failed = await rig.run(["cp", KEY_CANARY, to("refused")], { env });
  // The control sequences of the display itself: up to its first line, and erase from there.
  // biome-ignore lint/complexity/useRegexLiterals: as above
  const own = new RegExp("\\r\\u001b\\[\\d+A\\u001b\\[J", "g");
  expect(run.stderr).toContain("\\x1b]0;FORGED\\x07");
  expectSafe({ ...run, stderr: run.stderr.replace(own, "") });
  expectSafe({ ...failed, stderr: failed.stderr.replace(own, "") });
});

it("the resume command can be pasted although the name has control characters", async () => {
  const name = `big ${CANARY}`;
  parts.hold(partsBehind(10));
  const running = rig.start(["cp", name, to(KEY_CANARY), "--json"]);
  await running.line(/"type":"progress","consumed":\d{7,}/);
  running.child.kill("SIGINT");
  const run = await running.ended;
  parts.release();
  expectSafe(run);
  const [, command = ""] = run.stderr.trimEnd().split("\n");
  expect(command).toContain("$'");
  const pasted = { cwd: rig.folder, env: rig.env };
  const again = await startProcess("bash", ["-c", command], pasted).ended;
  expect(again.code).toBe(0);
  const stat = await rig.run(["stat", to(KEY_CANARY), "--json"]);
  expect(jsonLines(stat)[0]).toMatchObject({ crc64: await crc64OfFile(join(rig.folder, name)) });
});

it("the emulator's log shows a key with control characters in one line", async () => {
  const keys = ["--secret-id", SECRET_ID, "--secret-key", SECRET_KEY];
  const words = ["emulator", "--port", "0", "--data", "logged", "--verbose", "--bucket", BUCKET, ...keys];
  const running = startCosup(words, { cwd: rig.folder });
  const [, port = ""] = await running.line(/listening on http:\/\/127\.0\.0\.1:(\d+)/);
  const env = { COS_ENDPOINT: `http://127.0.0.1:${port}/{Bucket}` };
  const logged = running.line(/ 200 PutObject /);
  await rig.run(["cp", KEY_CANARY, to(KEY_CANARY)], { env });
  await logged;
  running.child.kill("SIGTERM");
  const run = await running.ended;
  expect(run.stdout).toMatch(/^\S+ 200 PutObject PUT \/demo-1250000000\/a\\r\\nFORGED\\x9b31m.* ms \S+$/m);
  expectSafe(run);
});
