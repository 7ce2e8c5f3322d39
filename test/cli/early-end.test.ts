import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Middleware } from "@cosup/emulator";
import { afterAll, beforeAll, expect, it } from "vitest";
import { BUCKET, jsonLines, openRig, type Rig, summaryOf } from "./rig.ts";

const FILES = 300;

/** Refuses some objects for a reason that says nothing of the others. */
const refuseSome: Middleware = async (call, next) =>
  call.operation === "PutObject" && call.key.startsWith("some/")
    ? { status: 400, headers: {}, body: "<Error><Code>InvalidArgument</Code><Message>no</Message></Error>" }
    : next();

let rig: Rig;
beforeAll(async () => {
  rig = await openRig([refuseSome]);
  await mkdir(join(rig.folder, "tree"));
  for (let n = 0; n < FILES; n += 1) await writeFile(join(rig.folder, "tree", `${n}.txt`), `${n}`);
});
afterAll(() => rig.close());

it("a wrong key stops after a few of many files, and says why once", async () => {
  const env = { COS_SECRET_ID: "AKIDunknown" };
  const run = await rig.run(["cp", "-r", "tree", `cos://${BUCKET}/wrong/`], { env });
  expect(run.code).toBe(3);
  expect(run.stderr.match(/^cosup: /gm)?.length).toBeLessThan(8);
  expect(run.stderr.match(/stopped after/g)).toHaveLength(1);
  expect(run.stderr).toMatch(
    /^cosup: stopped after 3 failures: COS refuses all of them; check the keys .* To resume, run:$/m,
  );
  expect(rig.requests.length).toBeLessThan(20);
});

it("a server that cannot be reached stops after five of many files", async () => {
  const env = { COS_ENDPOINT: "http://127.0.0.1:1/{Bucket}" };
  const words = ["cp", "-r", "tree", `cos://${BUCKET}/dead/`, "--max-attempts", "1", "--json"];
  const run = await rig.run(words, { env });
  expect(run.code).toBe(5);
  expect(jsonLines(run).filter(({ status }) => status === "failed")).toHaveLength(5);
  expect(run.stdout).toContain('"code":"stopped-early"');
  expect(run.stderr).toMatch(/^cosup: stopped after 5 failures: COS cannot be reached; .* To resume, run:$/m);
  expect(summaryOf(run)).toMatchObject({ type: "summary", uploaded: 0, failed: 5 });
});

it("--max-errors stops after so many files of any failure", async () => {
  const words = ["tree", `cos://${BUCKET}/some/`, "--max-errors", "2", "--files", "1"];
  for (const command of [["cp", "-r"], ["sync"]]) {
    const run = await rig.run([...command, ...words]);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain("stopped after 2 failures: as --max-errors says");
    expect(run.stderr.match(/InvalidArgument/g)).toHaveLength(2);
  }
});

it("check stops for want of a connection, too", async () => {
  const env = { COS_ENDPOINT: "http://127.0.0.1:1/{Bucket}" };
  const run = await rig.run(["check", "tree/1.txt", `cos://${BUCKET}/1.txt`, "--max-attempts", "1"], { env });
  expect(run.code).toBe(5);
});
