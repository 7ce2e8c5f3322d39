import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crc64Of } from "../fixtures/crc64.ts";
import {
  BUCKET,
  crc64OfFile,
  type JsonLine,
  jsonLines,
  MiB,
  openRig,
  type Rig,
  randomBytes,
  summaryOf,
} from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
  await rig.file("big.bin", 24 * MiB + 12_345);
  await rig.file("small.txt", 1000);
});
afterAll(() => rig.close());

const stat = async (key: string): Promise<JsonLine> => {
  const run = await rig.run(["stat", `cos://${BUCKET}/${key}`, "--json"]);
  return run.code === 0 ? (jsonLines(run)[0] ?? {}) : { missing: true };
};

describe("one file", () => {
  it("has stable JSON output and exit codes", async () => {
    const { COS_SECRET_ID, COS_SECRET_KEY, COS_ENDPOINT } = rig.env;
    const run = await rig.run(
      [
        "cp",
        "big.bin",
        `cos://${BUCKET}/dir/big.bin`,
        "--region",
        "ap-guangzhou",
        "--endpoint",
        `${COS_ENDPOINT}`,
        "--json",
      ],
      { env: { COS_SECRET_ID, COS_SECRET_KEY, COS_REGION: undefined, COS_ENDPOINT: undefined } },
    );
    expect(run).toMatchObject({ code: 0, stderr: "" });
    const crc64 = await crc64OfFile(join(rig.folder, "big.bin"));
    expect(jsonLines(run).filter(({ type }) => type === "object")).toEqual([
      expect.objectContaining({
        type: "object",
        source: "big.bin",
        bucket: BUCKET,
        key: "dir/big.bin",
        status: "uploaded",
        size: 24 * MiB + 12_345,
        crc64,
        etag: expect.stringMatching(/^[0-9a-f]{32}-25$/),
      }),
    ]);
    expect(summaryOf(run)).toEqual({
      type: "summary",
      files: 1,
      uploaded: 1,
      skipped: 0,
      failed: 0,
      bytes: 24 * MiB + 12_345,
      partsSent: 25,
      partsResumed: 0,
      elapsedMs: expect.any(Number),
    });
    expect(await stat("dir/big.bin")).toMatchObject({ size: 24 * MiB + 12_345, crc64 });
  });

  it.each([
    ["a target that ends with '/'", "kept/", "kept/small.txt"],
    ["the bucket itself", "", "small.txt"],
  ])("keeps its name for %s", async (_what, target, key) => {
    const run = await rig.run(["cp", join(rig.folder, "small.txt"), `cos://${BUCKET}/${target}`]);
    expect(run.code).toBe(0);
    expect(await stat(key)).toMatchObject({ size: 1000, contentType: "text/plain" });
  });

  it("cuts parts as asked, with an MD5 for each", async () => {
    const words = [
      "--part-size",
      "7",
      "--concurrency",
      "2",
      "--md5",
      "--traffic-limit",
      "838860800",
      "--json",
    ];
    const run = await rig.run(["cp", "big.bin", `cos://${BUCKET}/parts`, ...words]);
    expect(summaryOf(run)).toMatchObject({ partsSent: 4, uploaded: 1 });
  });

  it("sends the parts of a large file from threads, if it is told to", async () => {
    const large = await rig.file("threads.bin", 66 * MiB + 5);
    const words = ["cp", large, `cos://${BUCKET}/threads`, "--threads", "2", "--json"];
    const run = await rig.run(words, { env: { NODE_DEBUG: "worker" } });
    expect(summaryOf(run)).toMatchObject({ partsSent: 9, uploaded: 1 });
    expect(run.stderr).toContain("thread.js");
    expect(await stat("threads")).toMatchObject({ size: 66 * MiB + 5, crc64: await crc64OfFile(large) });
    const without = await rig.run(words.toSpliced(3, 2), { env: { NODE_DEBUG: "worker" } });
    expect(without.stderr).toBe("");
  });

  it("has memory for parts that are larger than the default budget", async () => {
    const big = await rig.file("larger.bin", 70 * MiB + 1);
    const run = await rig.run(["cp", big, `cos://${BUCKET}/larger`, "--part-size", "100", "--json"]);
    expect(summaryOf(run)).toMatchObject({ partsSent: 1, bytes: 70 * MiB + 1 });
    // Without the flag, a file above 64 MiB has parts of 8 MiB.
    const usual = await rig.run(["cp", big, `cos://${BUCKET}/usual`, "--json"]);
    expect(summaryOf(usual)).toMatchObject({ partsSent: 9, bytes: 70 * MiB + 1 });
  });

  it("stores headers and metadata", async () => {
    const words = ["--meta", "owner=me", "--meta", "x-cos-meta-note=a=b", "--storage-class", "STANDARD_IA"];
    words.push("--content-type", "text/x-mine", "--cache-control", "max-age=60", "--acl", "public-read");
    words.push(
      "--content-disposition",
      "attachment",
      "--content-language",
      "de",
      "--content-encoding",
      "identity",
    );
    words.push("--expires", "Wed, 21 Oct 2026 07:28:00 GMT");
    expect((await rig.run(["cp", "small.txt", `cos://${BUCKET}/described`, ...words])).code).toBe(0);
    expect(await stat("described")).toMatchObject({
      contentType: "text/x-mine",
      storageClass: "STANDARD_IA",
      metadata: { "x-cos-meta-owner": "me", "x-cos-meta-note": "a=b" },
    });
  });

  it("is sent again by default, not with --skip same or exists", async () => {
    const words = ["cp", "small.txt", `cos://${BUCKET}/again`, "--json"];
    await rig.run(words);
    expect(summaryOf(await rig.run(words))).toMatchObject({ uploaded: 1, skipped: 0 });
    for (const mode of ["same", "exists"]) {
      const run = await rig.run([...words, "--skip", mode]);
      expect(summaryOf(run)).toMatchObject({ uploaded: 0, skipped: 1, bytes: 0 });
      expect(jsonLines(run)).toContainEqual(expect.objectContaining({ status: "skipped", reason: mode }));
    }
  });

  it("is refused with --forbid-overwrite when the key exists", async () => {
    const words = ["cp", "small.txt", `cos://${BUCKET}/once`, "--forbid-overwrite", "--json"];
    expect((await rig.run(words)).code).toBe(0);
    const run = await rig.run(words);
    expect(run.code).toBe(1);
    expect(jsonLines(run)).toContainEqual(
      expect.objectContaining({ type: "error", code: "conflict", key: "once" }),
    );
    expect(summaryOf(run)).toMatchObject({ type: "summary", failed: 1 });
  });
});

describe("several files", () => {
  it("go below the target", async () => {
    const run = await rig.run([
      "cp",
      "big.bin",
      "small.txt",
      `cos://${BUCKET}/both/`,
      "--files",
      "1",
      "--json",
    ]);
    expect(summaryOf(run)).toMatchObject({ files: 2, uploaded: 2, bytes: 24 * MiB + 13_345 });
    expect(await stat("both/small.txt")).toMatchObject({ size: 1000 });
  });

  it("must not overwrite each other", async () => {
    const run = await rig.run(["cp", "small.txt", "./small.txt", `cos://${BUCKET}/both/`]);
    expect(run).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("both be stored as both/small.txt"),
    });
  });
});

describe("a folder", () => {
  beforeAll(async () => {
    const site = join(rig.folder, "site");
    await mkdir(join(site, "css/deep"), { recursive: true });
    await mkdir(join(site, "node_modules"));
    await writeFile(join(site, "index.html"), "<p>hi</p>");
    await writeFile(join(site, "css/a.css"), "p {}");
    await writeFile(join(site, "css/deep/b.css"), "q {}");
    await writeFile(join(site, "node_modules/x.js"), "x");
    await symlink("index.html", join(site, "link.html"));
  });

  it("keeps its tree below the target, types by extension", async () => {
    const run = await rig.run(["cp", "-r", "site", `cos://${BUCKET}/web`, "--json"]);
    expect(run.code).toBe(0);
    expect(summaryOf(run)).toMatchObject({ files: 5, uploaded: 4, skipped: 1, failed: 0, bytes: 18 });
    expect(jsonLines(run)).toContainEqual(
      expect.objectContaining({ key: "web/link.html", status: "skipped", reason: "symlink" }),
    );
    expect(await stat("web/css/deep/b.css")).toMatchObject({ size: 4, contentType: "text/css" });
  });

  it("is not sent twice: the same command again finds the same bytes", async () => {
    const run = await rig.run(["cp", "-r", "site", `cos://${BUCKET}/web`, "--json"]);
    expect(summaryOf(run)).toMatchObject({ uploaded: 0, skipped: 5, bytes: 0, partsSent: 0 });
  });

  it("is filtered by globs", async () => {
    const globs = [
      "--include",
      "*.css",
      "--include",
      "*.js",
      "--exclude",
      "deep",
      "--exclude",
      "node_modules",
    ];
    const run = await rig.run(["cp", "-r", "site/", `cos://${BUCKET}/some/`, ...globs, "--json"]);
    const keys = jsonLines(run).flatMap(({ type, key }) => (type === "object" ? [key] : []));
    expect(keys).toEqual(["some/css/a.css"]);
  });

  it("may follow links", async () => {
    const words = ["--follow-symlinks", "--include", "*.html", "--json"];
    const run = await rig.run(["cp", "-r", "site", `cos://${BUCKET}/linked`, ...words]);
    expect(summaryOf(run)).toMatchObject({ uploaded: 2, skipped: 0 });
  });

  it("may contain no matching file", async () => {
    const run = await rig.run([
      "cp",
      "-r",
      "site",
      `cos://${BUCKET}/none`,
      "--include",
      "*.nothing",
      "--json",
    ]);
    expect(run.code).toBe(0);
    expect(summaryOf(run)).toMatchObject({ files: 0, bytes: 0 });
  });
});

describe("stdin", () => {
  it("of a few bytes", async () => {
    const run = await rig.run(["cp", "-", `cos://${BUCKET}/in.json`, "--json"], { input: "{}" });
    expect(run.code).toBe(0);
    expect(await stat("in.json")).toMatchObject({ size: 2, contentType: "application/json" });
  });

  it("of unknown length, in parts", async () => {
    const input = randomBytes(21 * MiB + 7);
    const run = await rig.run(["cp", "-", `cos://${BUCKET}/stream`, "--part-size", "2", "--json"], { input });
    expect(summaryOf(run)).toMatchObject({ uploaded: 1, bytes: input.length, partsSent: 11 });
    expect(await stat("stream")).toMatchObject({ size: input.length, crc64: await crc64Of([input]) });
  });

  it("of nothing", async () => {
    expect((await rig.run(["cp", "-", `cos://${BUCKET}/empty`], { input: "" })).code).toBe(0);
    expect(await stat("empty")).toMatchObject({ size: 0, crc64: "0" });
  });
});

describe("--dry-run", () => {
  it.each([
    ["a file", ["small.txt", `cos://${BUCKET}/dry/`], ["dry/small.txt"]],
    [
      "a folder",
      ["-r", "site", `cos://${BUCKET}/dry`, "--include", "*.css"],
      ["dry/css/a.css", "dry/css/deep/b.css"],
    ],
  ])("lists %s and sends nothing, even without credentials", async (_what, words, keys) => {
    const before = rig.requests.length;
    const env = { COS_SECRET_ID: undefined, COS_SECRET_KEY: undefined };
    const run = await rig.run(["cp", ...words, "--dry-run", "--json"], { env });
    expect(run).toMatchObject({ code: 0, stderr: "" });
    const listed = jsonLines(run).filter(({ type }) => type === "object");
    expect(listed.map(({ key }) => key).sort()).toEqual(keys);
    expect(listed.every(({ status }) => status === "planned")).toBe(true);
    expect(summaryOf(run)).toMatchObject({ type: "summary", planned: keys.length, uploaded: 0 });
    expect(rig.requests.length).toBe(before);
  });

  it("prints text", async () => {
    const run = await rig.run(["cp", "small.txt", `cos://${BUCKET}/dry/`, "-n"]);
    expect(run.stdout).toContain(`would upload small.txt to cos://${BUCKET}/dry/small.txt (1000 B)`);
    expect(run.stdout).toContain("nothing was sent");
  });

  it("still refuses what the upload would refuse", async () => {
    const run = await rig.run(["cp", "small.txt", `cos://${BUCKET}/dry/`, "-n", "--part-size", "0"]);
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining("PartSize") });
  });
});
