import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
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
  type Running,
  type RunOptions,
  SECRET_KEY,
  slowParts,
  startShell,
  summaryOf,
} from "./rig.ts";

/** Parts under way at once. */
const AT_ONCE = 5;

const parts = heldRequests();
let rig: Rig;
beforeAll(async () => {
  // 40 parts, five at a time: a good second and a half.
  rig = await openRig([parts.middleware, slowParts(200)]);
  await rig.file("it's big.bin", 40 * MiB + 1);
  await mkdir(join(rig.folder, "tree"));
  await rig.file("tree/large.bin", 30 * MiB);
  await rig.file("tree/small.bin", 10);
});
afterEach(() => parts.release());
afterAll(() => rig.close());

const PROGRESS = /"type":"progress","consumed":\d{7,}/;

/**
 * Starts an upload that cannot end: of each file, the parts behind the tenth are held. Resolves once some are acknowledged,
 * as many as may be are under way, and it has said `says`.
 */
async function startHalfWay(
  words: readonly string[],
  options?: RunOptions,
  says = PROGRESS,
): Promise<Running> {
  parts.hold(partsBehind(10));
  const running = rig.start([...words, "--json"], options);
  await Promise.all([running.line(PROGRESS), running.line(says), parts.holding(AT_ONCE)]);
  return running;
}

/** Interrupts an upload when parts are acknowledged, and others under way. */
async function endHalfWay(words: readonly string[], signal: NodeJS.Signals, says?: RegExp): Promise<Run> {
  const running = await startHalfWay(words, {}, says);
  running.child.kill(signal);
  const run = await running.ended;
  parts.release();
  return run;
}

async function storedEqually(file: string, key: string): Promise<void> {
  const run = await rig.run(["stat", `cos://${BUCKET}/${key}`, "--json"]);
  expect(jsonLines(run)[0]).toMatchObject({ crc64: await crc64OfFile(join(rig.folder, file)) });
}

describe("SIGINT", () => {
  it("ends with 130 and the command that resumes; that command resumes", async () => {
    const run = await endHalfWay(["cp", "it's big.bin", `cos://${BUCKET}/by command`], "SIGINT");
    expect(run.code).toBe(130);
    expect(summaryOf(run)).toMatchObject({ type: "summary", uploaded: 0, bytes: 0 });
    const told = jsonLines(run).find(({ type }) => type === "error");
    expect(told).toMatchObject({
      code: "interrupted",
      message: expect.stringMatching(/^interrupted at \d+% \(.* of 40\.0 MiB\)/),
    });
    const [says, command = ""] = run.stderr.trimEnd().split("\n");
    expect(says).toMatch(/^cosup: interrupted at .* To resume, run:$/);
    expect(told?.resume).toBe(command);
    expect(command).not.toContain(SECRET_KEY);

    const again = await startShell(command, { cwd: rig.folder, env: rig.env }).ended;
    expect(again).toMatchObject({ code: 0, stderr: "" });
    const { partsSent, partsResumed } = summaryOf(again);
    expect(Number(partsResumed)).toBeGreaterThan(0);
    expect(Number(partsSent) + Number(partsResumed)).toBe(41);
    await storedEqually("it's big.bin", "by command");
  });

  it("in a folder keeps what arrived and resumes the rest", async () => {
    const words = ["cp", "-r", "tree", `cos://${BUCKET}/tree`];
    const run = await endHalfWay(words, "SIGINT");
    expect(run.code).toBe(130);
    const again = await rig.run([...words, "--json"]);
    expect(again.code).toBe(0);
    expect(Number(summaryOf(again).partsResumed)).toBeGreaterThan(0);
    await storedEqually("tree/large.bin", "tree/large.bin");
  });

  it("among several files: the command does not send again what arrived", async () => {
    const run = await endHalfWay(
      ["cp", "tree/small.bin", "tree/large.bin", `cos://${BUCKET}/few/`],
      "SIGINT",
      /"status":"uploaded"/,
    );
    const command = run.stderr.trimEnd().split("\n").at(-1) ?? "";
    expect(command).toMatch(/ --skip same$/);
    const again = await startShell(command, { cwd: rig.folder, env: rig.env }).ended;
    expect(summaryOf(again)).toMatchObject({ uploaded: 1, skipped: 1 });
  });

  it("twice ends at once", async () => {
    const running = await startHalfWay(["cp", "it's big.bin", `cos://${BUCKET}/twice`]);
    running.child.kill("SIGINT");
    running.child.kill("SIGINT");
    expect((await running.ended).code).toBe(130);
  });

  it("of a stream reports that it cannot be resumed", async () => {
    const running = await startHalfWay(["cp", "-", `cos://${BUCKET}/stream`, "--part-size", "1"], {
      input: new Uint8Array(30 * MiB),
    });
    running.child.kill("SIGINT");
    const run = await running.ended;
    parts.release();
    expect(run).toMatchObject({
      code: 130,
      stderr: expect.stringContaining("an upload from stdin cannot be resumed"),
    });
    // The parts cannot be resumed, so none are left.
    const left = await rig.run(["uploads", "ls", `cos://${BUCKET}/stream`, "--json"]);
    expect(summaryOf(left)).toEqual({ type: "summary", uploads: 0 });
  });
});

it("SIGTERM ends with 143, and can be resumed as well", async () => {
  const words = ["cp", "it's big.bin", `cos://${BUCKET}/terminated`];
  const run = await endHalfWay(words, "SIGTERM");
  expect(run).toMatchObject({ code: 143, stderr: expect.stringMatching(/^cosup: terminated at /) });
  const again = await rig.run([...words, "--json", "--resume", "require"]);
  expect(Number(summaryOf(again).partsResumed)).toBeGreaterThan(0);
});

it("after SIGKILL, the same command sends only the parts that COS does not hold", async () => {
  const words = ["cp", "it's big.bin", `cos://${BUCKET}/killed`];
  // Another upload that was ended at once may have left its own; its next call removes it.
  const earlier = await drafts();
  const run = await endHalfWay(words, "SIGKILL");
  expect(run.code).toBe("SIGKILL");
  const before = rig.requests.filter((request) => request === "UploadPart killed").length;
  const again = await rig.run([...words, "--json"]);
  expect(again.code).toBe(0);
  const { partsSent, partsResumed } = summaryOf(again);
  const sent = rig.requests.filter((request) => request === "UploadPart killed").length - before;
  expect(Number(partsResumed)).toBeGreaterThan(0);
  expect(sent).toBe(partsSent);
  expect(sent + Number(partsResumed)).toBe(41);
  await storedEqually("it's big.bin", "killed");
  expect((await drafts()).filter((name) => !earlier.includes(name))).toEqual([]);
});

/** Checkpoints that were being written when their process ended. */
async function drafts(): Promise<string[]> {
  const names = await readdir(join(rig.folder, "state")).catch(() => []);
  return names.filter((name) => name.endsWith(".tmp"));
}

it("progress comes at most twice a second and never goes backwards", async () => {
  const run = await rig.run(["cp", "it's big.bin", `cos://${BUCKET}/progress`, "--json"]);
  const told = jsonLines(run).filter(({ type }) => type === "progress");
  const consumed = told.map((line) => Number(line.consumed));
  expect(told.length).toBeGreaterThan(1);
  expect(told.length).toBeLessThanOrEqual(1 + Number(summaryOf(run).elapsedMs) / 500);
  expect(consumed).toEqual([...consumed].sort((one, other) => one - other));
  expect(told.every(({ total }) => total === 40 * MiB + 1)).toBe(true);
});

it("on a terminal, a bar moves on stderr, and the results on stdout stay plain", async () => {
  const isTTY = "--import=data:text/javascript,process.stderr.isTTY=true";
  const env = { NODE_OPTIONS: isTTY, TERM: "xterm", LC_ALL: "C.UTF-8", CI: "" };
  const run = await rig.run(["cp", "it's big.bin", `cos://${BUCKET}/bar`], { env });
  // Each frame goes up, and takes the place of the one before.
  expect(run.stderr.split("\u001b[J").length).toBeGreaterThan(5);
  const plain = stripVTControlCharacters(run.stderr);
  expect(plain).toMatch(/█+▒*░+ {2,}\d+% {2}\d+\.\d MiB of 40\.0 MiB {2}\d+\.\d MiB in flight/);
  expect(plain).toContain("it's big.bin");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape is what must not be there
  expect(run.stdout).not.toMatch(/[\u001b\r]/);
  expect(run.stdout).toMatch(/^uploaded it's big.bin to .*\n1 file uploaded, 40.0 MiB in .*\n$/);
});
