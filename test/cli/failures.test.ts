import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { HangUp, type Middleware } from "@cosup/emulator";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { heldRequests, partsBehind } from "./held-requests.ts";
import { BUCKET, jsonLines, MiB, openRig, type Rig, summaryOf } from "./rig.ts";

/** The key selects the fault, so that one emulator serves all tests. */
const faults: Middleware = async (call, next) => {
  const { key, operation } = call;
  if (key.includes("busy")) return fault(503, "ServiceUnavailable");
  if (key.includes("slow-down")) return fault(503, "SlowDown");
  if (key.includes("wrong-crc") && operation === "PutObject") {
    const response = await next();
    return { ...response, headers: { ...response.headers, "x-cos-hash-crc64ecma": "1" } };
  }
  if (key.includes("no-response")) {
    if (operation === "HeadObject") return fault(403, "AccessDenied");
    if (operation === "CompleteMultipartUpload") {
      await next();
      throw new HangUp();
    }
  }
  return next();
};

function fault(status: number, code: string): Awaited<ReturnType<Middleware>> {
  return {
    status,
    headers: { "Content-Type": "application/xml", "x-cos-request-id": "test" },
    body: `<Error><Code>${code}</Code><Message>by the test</Message></Error>`,
  };
}

const parts = heldRequests();
let rig: Rig;
beforeAll(async () => {
  rig = await openRig([faults, parts.middleware]);
  await rig.file("small.bin", 100);
  await rig.file("large.bin", 24 * MiB);
});
afterEach(() => parts.release());
afterAll(() => rig.close());

const to = (key: string): string => `cos://${BUCKET}/${key}`;

describe("a single failure has its own exit code", () => {
  it("1: an object that is not there", async () => {
    const run = await rig.run(["stat", to("nothing"), "--json"]);
    expect(run).toMatchObject({ code: 1, stderr: `cosup: ${to("nothing")} does not exist\n` });
    expect(jsonLines(run)).toEqual([expect.objectContaining({ type: "error", code: "not-found" })]);
  });

  it("1: a bucket that is not there", async () => {
    const run = await rig.run(["cp", "small.bin", "cos://other-1250000000/k", "--json"]);
    expect(run).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/NoSuchBucket.*\(Check the bucket's name with its APPID/),
    });
  });

  it.each([
    ["COS_SECRET_KEY", /SignatureDoesNotMatch.* \(The SecretKey is not that of the SecretId/],
    ["COS_SECRET_ID", /InvalidAccessKeyId.* \(COS does not know the SecretId/],
  ])("3: a wrong %s, with what to do", async (name, stderr) => {
    for (const words of [
      ["cp", "small.bin", to("denied")],
      ["ls", to("")],
    ])
      expect(await rig.run(words, { env: { [name]: "wrong" } })).toMatchObject({
        code: 3,
        stderr: expect.stringMatching(stderr),
      });
  });

  it("1: nothing to resume, when that is required", async () => {
    const run = await rig.run(["cp", "large.bin", to("never-begun"), "--resume", "require", "--json"]);
    expect(run.code).toBe(1);
    expect(jsonLines(run)).toContainEqual(expect.objectContaining({ code: "checkpoint-unusable" }));
  });

  it.each([
    ["a closed port", "k", "connect-failed", { COS_ENDPOINT: "http://127.0.0.1:1/{Bucket}" }],
    ["a busy service", "busy", "service-unavailable", {}],
    ["too many requests", "slow-down", "throttled", {}],
  ])("5: %s", async (_what, key, code, env) => {
    const run = await rig.run(["cp", "small.bin", to(key), "--max-attempts", "1", "--json"], { env });
    expect(run.code).toBe(5);
    expect(jsonLines(run)).toContainEqual(
      expect.objectContaining({ type: "object", status: "failed", code }),
    );
    expect(jsonLines(run)).toContainEqual(expect.objectContaining({ type: "error", code, key }));
    expect(summaryOf(run)).toMatchObject({ type: "summary", files: 1, uploaded: 0, failed: 1, bytes: 0 });
    expect(run.stderr).toMatch(/^cosup: [^\n]+\n$/);
  });

  it("6: what COS holds is not what was sent", async () => {
    const run = await rig.run(["cp", "small.bin", to("wrong-crc"), "--max-attempts", "1", "--json"]);
    expect(run.code).toBe(6);
    expect(jsonLines(run)).toContainEqual(expect.objectContaining({ type: "error", code: "integrity" }));
  });

  it("6: the file changed while it was uploaded", async () => {
    const file = await rig.file("changing.bin", 24 * MiB);
    parts.hold(partsBehind(4));
    const running = rig.start(["cp", file, to("changing"), "--concurrency", "2", "--json"]);
    await parts.holding(2);
    await appendFile(file, "more");
    parts.release();
    const run = await running.ended;
    expect(run.code).toBe(6);
    expect(jsonLines(run)).toContainEqual(expect.objectContaining({ code: "source-changed" }));
    expect((await rig.run(["stat", to("changing")])).code).toBe(1);
  });

  it("7: another process uploads to the same key", async () => {
    const words = ["cp", "large.bin", to("locked"), "--concurrency", "1", "--json"];
    parts.hold(partsBehind(1));
    const first = rig.start(words);
    await parts.holding(1);
    const second = await rig.run(words);
    parts.release();
    expect(second).toMatchObject({
      code: 7,
      stderr: expect.stringMatching(/^cosup: large.bin: .*\(wait until [^\n]*\)\n$/),
    });
    expect((await first.ended).code).toBe(0);
  });

  it("8: it is unknown whether the object is stored", async () => {
    const run = await rig.run(["cp", "large.bin", to("no-response"), "--max-attempts", "1", "--json"]);
    expect(run.code).toBe(8);
    expect(jsonLines(run)).toContainEqual(expect.objectContaining({ code: "outcome-unknown" }));
  });
});

describe("of several transfers", () => {
  beforeAll(async () => {
    await mkdir(join(rig.folder, "mixed"));
    await rig.file("mixed/fine.bin", 10);
    await rig.file("mixed/busy.bin", 10);
    await mkdir(join(rig.folder, "all"));
    await rig.file("all/busy-1.bin", 10);
    await rig.file("all/busy-2.bin", 10);
  });

  it("1: some failed, the others arrived", async () => {
    const run = await rig.run(["cp", "-r", "mixed", to("mixed"), "--max-attempts", "1", "--json"]);
    expect(run.code).toBe(1);
    expect(summaryOf(run)).toMatchObject({ files: 2, uploaded: 1, failed: 1, bytes: 10 });
    expect((await rig.run(["stat", to("mixed/fine.bin")])).code).toBe(0);
  });

  it("1: the same of several files", async () => {
    const words = ["cp", "mixed/fine.bin", "mixed/busy.bin", to("files/"), "--max-attempts", "1"];
    const run = await rig.run(words);
    expect(run).toMatchObject({ code: 1, stdout: expect.stringContaining("1 failed") });
    expect(run.stderr).toMatch(/^cosup: mixed\/busy.bin: .*ServiceUnavailable.*\n$/);
  });

  it("the common cause's code, when nothing arrived at all", async () => {
    const run = await rig.run(["cp", "-r", "all", to("all"), "--max-attempts", "1", "--json"]);
    expect(run.code).toBe(5);
    expect(summaryOf(run)).toMatchObject({ files: 2, uploaded: 0, failed: 2 });
  });
});

it("COSUP_DEBUG=1 prints the stack, nothing else does", async () => {
  const words = ["stat", to("nothing")];
  expect((await rig.run(words)).stderr).not.toContain("    at ");
  expect((await rig.run(words, { env: { COSUP_DEBUG: "1" } })).stderr).toContain("    at ");
});
