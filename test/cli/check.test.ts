import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Middleware } from "@cosup/emulator";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { BUCKET, jsonLines, MiB, openRig, type Rig, summaryOf } from "./rig.ts";

let rig: Rig;
let withoutCrc64 = "";
const AT = `cos://${BUCKET}`;

/** An object that COS stored before it computed CRC64s. */
const old: Middleware = async (call, next) => {
  const response = await next();
  if (call.operation === "HeadObject" && call.key === withoutCrc64)
    delete (response.headers as Record<string, unknown>)["x-cos-hash-crc64ecma"];
  return response;
};

const FILES = {
  "a.txt": "12345",
  "a/b.txt": "under a",
  "a-b.txt": "before a/",
  "ü/𝄞.txt": "",
  "z.txt": "last",
};

beforeAll(async () => {
  rig = await openRig([old]);
  for (const [name, text] of Object.entries(FILES)) {
    await mkdir(join(rig.folder, "site", name, ".."), { recursive: true });
    await writeFile(join(rig.folder, "site", name), text);
  }
  const run = await rig.run(["cp", "-r", "site", `${AT}/site`, "--report", "report.jsonl"]);
  expect(run.code).toBe(0);
});
afterAll(() => rig.close());
beforeEach(async () => {
  withoutCrc64 = "";
  await rm(join(rig.folder, "local"), { recursive: true, force: true });
  await cp(join(rig.folder, "site"), join(rig.folder, "local"), { recursive: true });
});

const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");

it("a folder that is the same as its prefix is exit code 0, with a HEAD for each file and no GET", async () => {
  const before = rig.requests.length;
  const run = await rig.run(["check", "local", `${AT}/site`]);
  expect(run).toEqual({ code: 0, stdout: "5 same; 25 B read\n", stderr: "" });
  const operations = rig.requests.slice(before).map((request) => request.split(" ")[0]);
  expect(operations.sort()).toEqual([...Array(5).fill("HeadObject"), "ListObjects"]);
});

it("lists what is missing, extra and different, and exits with 1", async () => {
  await writeFile(join(rig.folder, "local/a.txt"), "54321");
  await writeFile(join(rig.folder, "local/a/b.txt"), "longer than before");
  await writeFile(join(rig.folder, "local/new.txt"), "new");
  await rm(join(rig.folder, "local/z.txt"));
  const before = rig.requests.length;
  const run = await rig.run(["check", "local", `${AT}/site/`]);
  expect(run).toMatchObject({ code: 1, stderr: "" });
  expect(lines(run.stdout).sort()).toEqual([
    "2 same, 1 missing, 1 extra, 2 differs; 14 B read",
    expect.stringMatching(/^differs {5}a\.txt \(crc64 \d+, not \d+\)$/),
    "differs     a/b.txt (18 bytes, not 7)",
    "extra       z.txt",
    "missing     new.txt",
  ]);
  // A HEAD only where the sizes agree, or where a smaller object may be the text, stored compressed.
  expect(rig.requests.slice(before).filter((request) => request.startsWith("HeadObject"))).toHaveLength(4);

  const json = await rig.run(["check", "local", `${AT}/site`, "--json", "--one-way"]);
  expect(json.code).toBe(1);
  expect(jsonLines(json)).toContainEqual({
    type: "checked",
    status: "missing",
    name: "new.txt",
    bucket: BUCKET,
    key: "site/new.txt",
  });
  expect(summaryOf(json)).toMatchObject({ same: 2, missing: 1, extra: 0, differs: 2, failed: 0, bytes: 14 });
});

it("--one-way ignores objects without a file, and filters apply to both sides", async () => {
  await rm(join(rig.folder, "local/z.txt"));
  await writeFile(join(rig.folder, "local/a.txt"), "other");
  expect((await rig.run(["check", "local", `${AT}/site`, "--exclude", "a.txt"])).code).toBe(1);
  expect((await rig.run(["check", "local", `${AT}/site`, "--exclude", "[az].txt"])).code).toBe(0);
  const run = await rig.run(["check", "local", `${AT}/site`, "--one-way", "--exclude", "a.txt", "-q"]);
  expect(run).toEqual({ code: 0, stdout: "", stderr: "" });
});

it("a file is compared with a key, or with its name below a prefix", async () => {
  expect((await rig.run(["check", "local/a.txt", `${AT}/site/a.txt`])).code).toBe(0);
  expect((await rig.run(["check", "local/a.txt", `${AT}/site/`])).code).toBe(0);
  const other = await rig.run(["check", "local/a.txt", `${AT}/site/z.txt`]);
  expect(other).toMatchObject({ code: 1, stdout: expect.stringMatching(/^differs .*5 bytes, not 4/) });
  const none = await rig.run(["check", "local/a.txt", `${AT}/none`]);
  expect(none).toMatchObject({ code: 1, stdout: expect.stringMatching(/^missing {5}local\/a.txt\n/) });
});

it("an object without CRC64 is compared by MD5 if its ETag is one, and is unverified otherwise", async () => {
  withoutCrc64 = "site/a.txt";
  expect((await rig.run(["check", "local", `${AT}/site`])).code).toBe(0);
  await writeFile(join(rig.folder, "local/a.txt"), "54321");
  const run = await rig.run(["check", "local", `${AT}/site`]);
  expect(run).toMatchObject({ code: 1, stdout: expect.stringMatching(/differs {5}a.txt \(md5 /) });
  await rig.file("parts.bin", 21 * MiB);
  await rig.run(["cp", "parts.bin", `${AT}/parts.bin`]);
  expect((await rig.run(["check", "parts.bin", AT])).code).toBe(0);
  withoutCrc64 = "parts.bin";
  const parts = await rig.run(["check", "parts.bin", AT]);
  expect(parts).toMatchObject({ code: 1, stdout: expect.stringMatching(/^unverified {2}parts.bin/) });
});

it("--from compares a report with COS, and with the files of a folder", async () => {
  expect(await rig.run(["check", "--from", "report.jsonl"])).toMatchObject({
    code: 0,
    stdout: "5 same; 0 B read\n",
  });
  const before = rig.requests.length;
  const env = { COS_SECRET_ID: "", COS_SECRET_KEY: "" };
  const local = await rig.run(["check", "--from", "report.jsonl", "local"], { env });
  expect(local).toMatchObject({ code: 0, stdout: "5 same; 25 B read\n" });
  expect(rig.requests.length).toBe(before);
  await writeFile(join(rig.folder, "local/a.txt"), "54321");
  await rm(join(rig.folder, "local/z.txt"));
  const changed = await rig.run(["check", "--from", "report.jsonl", "local"]);
  expect(changed.code).toBe(1);
  expect(changed.stdout).toMatch(/^differs {5}a\.txt \(crc64/m);
  expect(changed.stdout).toMatch(/^missing {5}z\.txt$/m);

  await rig.run(["cp", "local/a.txt", `${AT}/site/a.txt`]);
  await rig.run(["rm", `${AT}/site/z.txt`]);
  const stored = await rig.run(["check", "--from", "report.jsonl"]);
  expect(stored.code).toBe(1);
  expect(stored.stdout).toMatch(new RegExp(`^differs {5}${AT}/site/a\\.txt`, "m"));
  expect(stored.stdout).toMatch(new RegExp(`^missing {5}${AT}/site/z\\.txt$`, "m"));
  // As it was, for the other tests.
  await rig.run(["cp", "-r", "site", `${AT}/site`]);
});

it("wrong arguments are exit code 2 before anything is sent", async () => {
  await writeFile(
    join(rig.folder, "broken.jsonl"),
    `${await readFile(join(rig.folder, "report.jsonl"))}{"type":`,
  );
  const before = rig.requests.length;
  for (const [words, says] of [
    [["local"], /give a file or folder and cos:/],
    [[`${AT}/site`, "local"], /give a file or folder and cos:/],
    [["--from", "report.jsonl", "local", AT], /the report names the objects/],
    [
      ["--from", "report.jsonl", "--one-way"],
      /has no meaning with --from: the report says what is compared \(--one-way\)/,
    ],
    [["--from", "broken.jsonl"], /line 6 of broken.jsonl is not of a report.*\(--from\)/],
    [["local", AT, "--files", "0"], /1 to 1000 files.*\(--files\)/],
  ] as const) {
    const run = await rig.run(["check", ...words]);
    expect(run).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(says) });
  }
  expect(rig.requests.length).toBe(before);
  const none = await rig.run(["check", "none", AT]);
  expect(none).toMatchObject({ code: 4, stdout: "", stderr: "cosup: none does not exist\n" });
  expect((await rig.run(["check", "--from", "none"])).code).toBe(4);
});

it("a wrong key ends the comparison with one line", async () => {
  const env = { COS_SECRET_KEY: "wrong" };
  const run = await rig.run(["check", "--from", "report.jsonl"], { env });
  expect(run).toMatchObject({ code: 3, stdout: "", stderr: expect.stringMatching(/^cosup: [^\n]+\n$/) });
});
