import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Middleware } from "@cosup/emulator";
import { afterEach, beforeEach, expect, it } from "vitest";
import {
  BUCKET,
  crc64OfFile,
  jsonLines,
  MiB,
  openRig,
  type Rig,
  SECRET_ID,
  SECRET_KEY,
  summaryOf,
} from "./rig.ts";

let rig: Rig;
const AT = `cos://${BUCKET}`;
let delayMs = 0;

const slow: Middleware = async (call, next) => {
  if (call.operation === "GetObject") await new Promise((resolve) => setTimeout(resolve, delayMs));
  return next();
};

beforeEach(async () => {
  delayMs = 0;
  rig = await openRig([slow]);
});
afterEach(() => rig.close());

async function store(key: string, bytes: number): Promise<string> {
  const path = await rig.file("source.bin", bytes);
  expect((await rig.run(["cp", path, `${AT}/${key}`])).code).toBe(0);
  return crc64OfFile(path);
}

it("cp downloads an object to a path, into a directory, and to stdout", async () => {
  const crc64 = await store("dir/big.bin", 20 * MiB + 7);
  const run = await rig.run(["cp", `${AT}/dir/big.bin`, "copy.bin", "--json"]);
  const path = join(rig.folder, "copy.bin");
  expect(await crc64OfFile(path)).toBe(crc64);
  expect(jsonLines(run)).toContainEqual(
    expect.objectContaining({
      type: "object",
      key: "dir/big.bin",
      to: "copy.bin",
      status: "downloaded",
      crc64,
    }),
  );
  expect(summaryOf(run)).toMatchObject({ files: 1, downloaded: 1, failed: 0, bytes: 20 * MiB + 7 });
  await mkdir(join(rig.folder, "into"));
  expect((await rig.run(["cp", `${AT}/dir/big.bin`, "into"])).stdout).toMatch(
    /^downloaded .* to into\/big\.bin /,
  );
  expect((await rig.run(["cp", `${AT}/dir/big.bin`, "made/"])).code).toBe(0);
  expect((await stat(join(rig.folder, "made/big.bin"))).size).toBe(20 * MiB + 7);
  await writeFile(join(rig.folder, "s.txt"), "small");
  await rig.run(["cp", "s.txt", `${AT}/s.txt`]);
  expect(await rig.run(["cp", `${AT}/s.txt`, "-"])).toEqual({ code: 0, stdout: "small", stderr: "" });
});

it("cp -r downloads a folder, and a key that is no path below it fails alone", async () => {
  await writeFile(join(rig.folder, "x"), "x");
  const { createCos } = await import("@cosup/node");
  const cos = createCos({ Endpoint: rig.env.COS_ENDPOINT, SecretId: SECRET_ID, SecretKey: SECRET_KEY });
  const keys = ["f/a", "f/b/c", "f/b/ü d", "f/../up", "f/b//e", "f/./g", "f/empty/", "f2"];
  for (const Key of keys) await cos.putObject({ Bucket: BUCKET, Key, Body: Key.endsWith("/") ? "" : Key });
  await cos.close();
  const run = await rig.run(["cp", "-r", `${AT}/f`, "out"]);
  expect(run.code).toBe(1);
  expect((await readdir(join(rig.folder, "out"), { recursive: true })).sort()).toEqual([
    "a",
    "b",
    "b/c",
    "b/ü d",
  ]);
  expect(await readFile(join(rig.folder, "out/b/ü d"), "utf8")).toBe("f/b/ü d");
  expect(await stat(join(rig.folder, "up")).catch(() => "none")).toBe("none");
  expect(run.stderr.match(/cannot be a path below the target/g)).toHaveLength(3);
  expect(run.stdout).toMatch(/3 objects downloaded.*; 3 failed/);
});

it("cp -r and mv -r warn where there is nothing to copy, which is often a wrong name", async () => {
  const from = `cos://${BUCKET}/nothing-here`;
  const stderr = `warning: there is nothing to copy below ${from}/\n`;
  for (const words of [
    ["cp", "-r", from, "empty"],
    ["mv", "-r", from, `cos://${BUCKET}/there/`],
  ])
    expect(await rig.run(words)).toMatchObject({ code: 0, stderr });
  const json = await rig.run(["cp", "-r", from, "empty", "--json"]);
  expect(jsonLines(json)[0]).toMatchObject({ type: "warning", code: "source-empty" });
});

it("cp -r inside COS copies the others, where a key would be too long at the target", async () => {
  const from = `cos://${BUCKET}/long`;
  for (const name of ["a", "k".repeat(800), "z"]) await store(`long/${name}`, 10);
  const run = await rig.run(["cp", "-r", from, `cos://${BUCKET}/${"t".repeat(60)}`]);
  expect(run.stderr).toMatch(
    /^cosup: cos:\S+ cannot be copied to a key below the target: Key: must be 1 to 850 bytes of UTF-8, not 861\n$/,
  );
  expect(run.stdout).toMatch(/2 objects copied/);
  expect(run.code).toBe(1);
});

it("a file in the place of a folder is a line that says so", async () => {
  await store("big.bin", 10);
  await writeFile(join(rig.folder, "plain"), "mine");
  for (const [path, why] of [
    ["plain/x", "the folder plain cannot be created: a file is in its place"],
    ["plain/y/x", "the folder plain/y cannot be created: a file is in the place of a folder above it"],
  ] as const) {
    const { code, stderr } = await rig.run(["cp", `${AT}/big.bin`, path]);
    expect([code, stderr]).toEqual([1, `cosup: ${AT}/big.bin: ${why}\n`]);
  }
  expect(await readFile(join(rig.folder, "plain"), "utf8")).toBe("mine");
});

it("cp -r --dry-run writes nothing; --skip exists keeps what is there", async () => {
  await store("f/a.bin", 100);
  const dry = await rig.run(["cp", "-r", `${AT}/f/`, "out", "-n"]);
  expect(dry.stdout).toMatch(
    /^would copy .*\/f\/a\.bin to out\/a\.bin \(100 B\)\n1 file, 100 B: nothing was sent/,
  );
  expect(await stat(join(rig.folder, "out")).catch(() => "none")).toBe("none");
  await mkdir(join(rig.folder, "out"));
  await writeFile(join(rig.folder, "out/a.bin"), "mine");
  const kept = await rig.run(["cp", "-r", `${AT}/f/`, "out", "--skip", "exists"]);
  expect(kept).toMatchObject({ code: 0, stdout: expect.stringMatching(/^skipped .*: it already exists\n/) });
  const refused = await rig.run(["cp", `${AT}/f/a.bin`, "out/a.bin", "--forbid-overwrite"]);
  expect(refused.code).toBe(1);
  expect(await readFile(join(rig.folder, "out/a.bin"), "utf8")).toBe("mine");
});

it("an interrupted download says how to go on, and goes on", async () => {
  const crc64 = await store("big.bin", 24 * MiB);
  delayMs = 300;
  const words = ["cp", `${AT}/big.bin`, "big.bin", "--part-size", "1", "--concurrency", "2", "--json"];
  const running = rig.start(words);
  await running.line(/"type":"progress","consumed":[4-9]\d{6}/);
  running.child.kill("SIGINT");
  const run = await running.ended;
  expect(run.code).toBe(130);
  expect(run.stderr).toMatch(/what has arrived is kept\. To resume, run:\n/);
  expect(await stat(join(rig.folder, "big.bin")).catch(() => "none")).toBe("none");
  delayMs = 0;
  const before = rig.requests.filter((request) => request.startsWith("GetObject")).length;
  expect((await rig.run([...words, "--resume", "require"])).code).toBe(0);
  expect(rig.requests.filter((request) => request.startsWith("GetObject")).length - before).toBeLessThan(24);
  expect(await crc64OfFile(join(rig.folder, "big.bin"))).toBe(crc64);
});

it("cp copies inside COS, an object or a folder", async () => {
  const crc64 = await store("a/x.bin", 1000);
  const run = await rig.run(["cp", `${AT}/a/x.bin`, "cos://spare-1250000000/b/", "--json"]);
  expect(jsonLines(run).filter(({ type }) => type !== "progress")).toMatchObject([
    { type: "object", status: "copied", to: "cos://spare-1250000000/b/x.bin", crc64 },
    { type: "summary", copied: 1, failed: 0 },
  ]);
  expect((await rig.run(["cp", "-r", `${AT}/a`, "cos://spare-1250000000/c", "--skip", "exists"])).code).toBe(
    0,
  );
  const again = await rig.run(["cp", "-r", `${AT}/a`, "cos://spare-1250000000/c", "--skip", "exists"]);
  expect(again).toMatchObject({ code: 0, stdout: expect.stringMatching(/^skipped .*: it already exists\n/) });
  expect((await rig.run(["ls", "-r", "cos://spare-1250000000"])).stdout).toBe("b/x.bin\nc/x.bin\n");
});
