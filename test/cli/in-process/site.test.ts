import { execFileSync } from "node:child_process";
import { mkdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { createCos } from "@cosup/node";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { BUCKET, jsonLines, openRig, type Rig, type Run, SECRET_ID, SECRET_KEY, summaryOf } from "../rig.ts";
import { useHere } from "./here.ts";

const TEXT = "the same line again\n".repeat(200);
let rig: Rig;
let run: (words: readonly string[]) => Promise<Run>;
let cos: ReturnType<typeof createCos>;
let site = "";
let at = "";
let sites = 0;

beforeAll(async () => {
  rig = await openRig();
  cos = createCos({ Endpoint: rig.env.COS_ENDPOINT, SecretId: SECRET_ID, SecretKey: SECRET_KEY });
  run = useHere(rig);
});
afterAll(async () => {
  await cos.close();
  await rig.close();
});

beforeEach(async () => {
  sites += 1;
  site = join(rig.folder, `site-${sites}`);
  at = `site-${sites}/`;
  await write({ "index.html": TEXT, "js/app.js": `${TEXT}//`, "tiny.txt": "a", "photo.jpg": TEXT });
});

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(site, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}

const target = (): string => `cos://${BUCKET}/${at}`;
const sync = (...words: string[]): Promise<Run> => run(["sync", site, target(), "--json", ...words]);

async function stored(name: string) {
  const { Body, headers } = await cos.getObject({ Bucket: BUCKET, Key: at + name });
  const bytes = Buffer.from(await new Response(Body).arrayBuffer());
  return {
    bytes,
    encoding: headers["content-encoding"],
    cache: headers["cache-control"],
    type: headers["content-type"],
  };
}

/** The operations of one command that succeeds. */
async function requestsOf(work: () => Promise<Run>): Promise<string[]> {
  const before = rig.requests.length;
  expect((await work()).code).toBe(0);
  return rig.requests.slice(before).map((request) => request.split(" ")[0] ?? "");
}

it("stores texts with the first encoding that makes them smaller, and a second sync sends nothing", async () => {
  expect(summaryOf(await sync("--compress", "br,gzip"))).toMatchObject({ uploaded: 4, failed: 0 });
  const page = await stored("index.html");
  expect(page).toMatchObject({ encoding: "br", type: expect.stringContaining("text/html") });
  expect(brotliDecompressSync(page.bytes).toString()).toBe(TEXT);
  expect(await stored("tiny.txt")).toMatchObject({ encoding: undefined, bytes: Buffer.from("a") });
  expect(await stored("photo.jpg")).toMatchObject({ encoding: undefined, bytes: Buffer.from(TEXT) });
  expect(await requestsOf(() => sync("--compress", "br,gzip"))).toEqual(["ListObjects"]);
});

it("without a ledger, compares what it would store: nothing is sent again", async () => {
  await sync("--compress", "gzip");
  await rm(join(rig.folder, "state"), { recursive: true });
  const operations = await requestsOf(() => sync("--compress", "gzip"));
  expect(operations.sort()).toEqual([...Array(4).fill("HeadObject"), "ListObjects"]);
  for (const compare of ["size", "crc64"])
    expect(summaryOf(await sync("--compress", "gzip", "--compare", compare))).toMatchObject({ unchanged: 4 });
  expect(gunzipSync((await stored("js/app.js")).bytes).toString()).toBe(`${TEXT}//`);
});

it("sends a text that has changed to the same size, and all of them when the encoding changes", async () => {
  await sync("--compress", "gzip");
  const changed = `T${TEXT.slice(1)}`;
  await writeFile(join(site, "index.html"), changed);
  await utimes(join(site, "index.html"), 0, 0);
  expect(summaryOf(await sync("--compress", "gzip"))).toMatchObject({ uploaded: 1, unchanged: 3 });
  expect(gunzipSync((await stored("index.html")).bytes).toString()).toBe(changed);
  expect(summaryOf(await sync("--compress", "br"))).toMatchObject({ uploaded: 2, unchanged: 2 });
  expect(summaryOf(await sync())).toMatchObject({ uploaded: 2, unchanged: 2 });
  expect((await stored("index.html")).bytes.toString()).toBe(changed);
});

it("check and reports know the file behind a compressed object", async () => {
  const report = join(rig.folder, "site.jsonl");
  expect((await run(["cp", "-r", site, target(), "--compress", "gzip", "--report", report])).code).toBe(0);
  expect(await run(["check", site, target()])).toMatchObject({ code: 0, stdout: "4 same; 11.7 KiB read\n" });
  expect((await run(["check", "--from", report])).code).toBe(0);
  expect((await run(["check", "--from", report, site])).code).toBe(0);
  await writeFile(join(site, "index.html"), `T${TEXT.slice(1)}`);
  expect((await run(["check", site, target()])).stdout).toMatch(/^differs {5}index\.html \(crc64/);
  expect((await run(["check", "--from", report, site])).stdout).toMatch(/^differs {5}index\.html \(crc64/);
  const lines = (await readFile(report, "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.find(({ path }) => path === "index.html").file.size).toBe(TEXT.length);
});

it("the first rule that matches decides Cache-Control, --cache-control the rest", async () => {
  const rules = ["--cache-rule", "*.html=no-cache", "--cache-rule", "js/**=max-age=60, immutable"];
  const words = [...rules, "--cache-rule", "*=private", "--cache-rule", "*.none=x"];
  const first = await sync(...words);
  expect(jsonLines(first)).toContainEqual(
    expect.objectContaining({ type: "warning", message: "nothing matched --cache-rule '*.none'" }),
  );
  const cacheOf = async (name: string): Promise<string | undefined> => (await stored(name)).cache;
  expect([await cacheOf("index.html"), await cacheOf("js/app.js"), await cacheOf("tiny.txt")]).toEqual([
    "no-cache",
    "max-age=60, immutable",
    "private",
  ]);
  expect(await requestsOf(() => sync(...words))).toEqual(["ListObjects"]);
  expect(summaryOf(await sync(...rules, "--cache-control", "public"))).toMatchObject({ uploaded: 2 });
  expect([await cacheOf("index.html"), await cacheOf("photo.jpg")]).toEqual(["no-cache", "public"]);
});

it("a file that is one of several, and a dry run", async () => {
  const page = join(site, "index.html");
  expect(
    (await run(["cp", page, target(), "--compress", "gzip", "--cache-rule", "*.html=no-cache"])).code,
  ).toBe(0);
  expect(await stored("index.html")).toMatchObject({ encoding: "gzip", cache: "no-cache" });
  const dry = await sync("--compress", "gzip", "--cache-rule", "*.html=no-cache", "--dry-run");
  expect(summaryOf(dry)).toMatchObject({ planned: 3, unchanged: 1 });
});

it("what is no regular file is not compressed, and not waited for", async () => {
  const pipe = join(site, "pipe.txt");
  execFileSync("mkfifo", [pipe]);
  const refused = await run(["cp", pipe, target(), "--compress", "gzip"]);
  expect(refused).toMatchObject({ code: 4, stderr: `cosup: ${pipe} is no regular file\n` });
});

it.each([
  [["--compress", "zstd"], "It must be gzip, br, or both with a comma between them"],
  [["--compress", "gzip,gzip"], "It must be gzip, br, or both with a comma between them"],
  [["--compress", "gzip", "--content-encoding", "br"], "--compress"],
  [["--cache-rule", "*.html"], "PATTERN=VALUE"],
  [["--cache-rule", "*.html="], "PATTERN=VALUE"],
  [["--cache-rule", "*.html=a\nb"], "--cache-control"],
])("%j is refused", async (words, says) => {
  const before = rig.requests.length;
  const refused = await run(["cp", "-r", site, target(), ...words]);
  expect(refused).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(says) });
  expect(refused.stderr.trim().split("\n")).toHaveLength(1);
  const back = await run(["sync", target(), site, ...words]);
  expect(back.code).toBe(2);
  expect(rig.requests.length).toBe(before);
});
