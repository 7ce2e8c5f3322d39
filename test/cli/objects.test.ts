import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { BUCKET, jsonLines, openRig, type Rig, SCRIPT, startShell, summaryOf } from "./rig.ts";

/** For a shell, also where the path has spaces. */
const cosup = `"${process.execPath}" "${SCRIPT}"`;

let rig: Rig;
const AT = `cos://${BUCKET}`;

beforeAll(async () => {
  rig = await openRig();
  await writeFile(join(rig.folder, "five.txt"), "12345");
  for (const key of ["docs/a.txt", "docs/b/c.txt", "docs/b/ü d.txt", "docs2.txt"])
    expect((await rig.run(["cp", "five.txt", `${AT}/${key}`, "--cache-control", "max-age=5"])).code).toBe(0);
});
afterAll(() => rig.close());

const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");

it("ls lists what is directly below a prefix", async () => {
  const run = await rig.run(["ls", AT]);
  expect(run).toMatchObject({ code: 0, stderr: "" });
  expect(lines(run.stdout)).toEqual(["docs/", "docs2.txt"]);
  expect(lines((await rig.run(["ls", `${AT}/docs/`])).stdout)).toEqual(["b/", "a.txt"]);
  expect(lines((await rig.run(["ls", `${AT}/docs`])).stdout)).toEqual(["docs/", "docs2.txt"]);
});

it("ls -r lists all objects, -l their size, time and storage class, --total their sum", async () => {
  const run = await rig.run(["ls", "-r", "-l", "--total", `${AT}/docs/`]);
  const [first = "", second = "", third = "", total] = lines(run.stdout);
  expect(first).toMatch(/^ {11}5 {2}\d{4}-\d\d-\d\dT[\d:.]+Z {2}STANDARD +a\.txt$/);
  expect(second).toMatch(/ b\/c\.txt$/);
  expect(third).toMatch(/ b\/ü d\.txt$/);
  expect(total).toBe("3 objects, 15 B");
});

it("ls --json has whole keys, and the sums last", async () => {
  const run = await rig.run(["ls", "--json", `${AT}/docs/`]);
  const etag = "827ccb0eea8a706c4c34a16891f84e7b";
  expect(jsonLines(run)).toMatchObject([
    { type: "folder", prefix: "docs/b/" },
    { type: "listed", key: "docs/a.txt", size: 5, etag, storageClass: "STANDARD" },
    { type: "summary", objects: 1, folders: 1, bytes: 5 },
  ]);
});

it("ls of a bucket that is not there is exit code 1", async () => {
  const run = await rig.run(["ls", "cos://nobody-1250000000"]);
  expect(run).toMatchObject({ code: 1, stdout: "" });
  expect(run.stderr).toMatch(/NoSuchBucket/);
});

it("du adds up, with a line for each folder down to --depth", async () => {
  const run = await rig.run(["du", AT, "--depth", "2"]);
  expect(lines(run.stdout).map((line) => line.trim().split(/ {2,}/))).toEqual([
    ["15 B", "3 objects", `${AT}/docs/`],
    ["10 B", "2 objects", `${AT}/docs/b/`],
    ["20 B", "4 objects", `${AT}/`],
  ]);
  const json = await rig.run(["du", `${AT}/docs`, "--json"]);
  expect(summaryOf(json)).toEqual({ type: "summary", prefix: "docs", objects: 4, bytes: 20 });
});

it("stat shows the headers that cp can set", async () => {
  const run = await rig.run(["stat", `${AT}/docs/a.txt`]);
  expect(run.stdout).toMatch(/^cacheControl +max-age=5$/m);
  const json = await rig.run(["stat", `${AT}/docs/a.txt`, "--json"]);
  expect(jsonLines(json)).toMatchObject([{ type: "stat", cacheControl: "max-age=5", contentEncoding: null }]);
});

it("cat writes the object, or a range of it, and nothing else", async () => {
  expect(await rig.run(["cat", `${AT}/docs/a.txt`])).toEqual({ code: 0, stdout: "12345", stderr: "" });
  expect((await rig.run(["cat", `${AT}/docs/a.txt`, "--range", "1-2"])).stdout).toBe("23");
  const missing = await rig.run(["cat", `${AT}/none`]);
  expect(missing).toMatchObject({ code: 1, stdout: "" });
});

it.each(["3-1", "-0", "-", "1", "a-b", "1-2-3"])(
  "cat refuses the range %s, and sends nothing",
  async (range) => {
    const before = rig.requests.length;
    const run = await rig.run(["cat", `${AT}/docs/a.txt`, `--range=${range}`]);
    expect(run).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("first-last") });
    expect(rig.requests.length).toBe(before);
  },
);

it("cat ends with its reader", async () => {
  await rig.file("large.bin", 8_000_000);
  await rig.run(["cp", "large.bin", `${AT}/large.bin`]);
  const command = `{ ${cosup} cat ${AT}/large.bin; echo "code $?" >&2; } | head -c 3 | wc -c`;
  const run = await startShell(command, { env: rig.env, cwd: rig.folder }).ended;
  expect(run.stdout.trim()).toBe("3");
  expect(run.stderr).toBe("code 0\n");
});

it.runIf(existsSync("/dev/full"))("cat to a full disk is one line and exit code 1", async () => {
  const command = `${cosup} cat ${AT}/docs/a.txt > /dev/full`;
  const run = await startShell(command, { env: rig.env, cwd: rig.folder }).ended;
  expect(run).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^cosup: [^\n]*no space left[^\n]*\n$/),
  });
});

it
  .runIf(existsSync("/dev/full"))
  .each([
    [["ls", "-r", AT]],
    [["stat", `${AT}/docs/a.txt`]],
    [["presign", `${AT}/docs/a.txt`]],
    [["hash", "report.txt"]],
    [["version", "--json"]],
    [["completion", "bash"]],
    [["--help"]],
    [["help", "cp"]],
  ])("%j to a full disk is one line and exit code 1", async (words) => {
  await writeFile(join(rig.folder, "report.txt"), "x");
  const command = `${cosup} ${words.join(" ")} > /dev/full`;
  const run = await startShell(command, { env: rig.env, cwd: rig.folder }).ended;
  expect(run.stderr).toMatch(/^cosup: the output is incomplete[^\n]*no space left[^\n]*\n$/);
  expect(run.code).toBe(1);
});

it.runIf(existsSync("/dev/full"))("an upload goes on when its output cannot be written", async () => {
  await rig.file("unseen.bin", 8_000_000);
  await rig.file("large.bin", 8_000_000);
  const upload = `${cosup} cp unseen.bin large.bin ${AT}/unseen/`;
  for (const [to, code] of [["> /dev/full", 1] as const, ["2> /dev/full", 0] as const]) {
    const run = await startShell(`${upload} ${to}`, { env: rig.env, cwd: rig.folder }).ended;
    expect(run.code).toBe(code);
    for (const name of ["unseen.bin", "large.bin"])
      expect((await rig.run(["stat", `${AT}/unseen/${name}`])).code).toBe(0);
    await rig.run(["rm", "-r", `${AT}/unseen/`, "--yes"]);
  }
});

it("presign prints a URL that reads the object, and asks COS nothing", async () => {
  const before = rig.requests.length;
  const run = await rig.run(["presign", `${AT}/docs/b/ü d.txt`, "--expires", "2m"]);
  expect(rig.requests.length).toBe(before);
  expect(await (await fetch(run.stdout.trim())).text()).toBe("12345");
  const json = await rig.run(["presign", `${AT}/new.txt`, "--method", "PUT", "--json"]);
  const [{ url }] = jsonLines(json) as [{ url: string }];
  expect((await fetch(url, { method: "PUT", body: "made" })).status).toBe(200);
  expect((await rig.run(["cat", `${AT}/new.txt`])).stdout).toBe("made");
});
