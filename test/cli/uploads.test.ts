import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createCos, fileCheckpoints } from "@cosup/node";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { BUCKET, jsonLines, openRig, type Rig, type Run, SECRET_ID, SECRET_KEY, summaryOf } from "./rig.ts";

const rig: Rig = await openRig();
afterAll(() => rig.close());

const cos = createCos({
  SecretId: SECRET_ID,
  SecretKey: SECRET_KEY,
  Endpoint: `http://127.0.0.1:${rig.port}/{Bucket}`,
});
const ids = new Map<string, string>();

beforeEach(async () => {
  await rig.run(["uploads", "abort", `cos://${BUCKET}/`, "--all"]);
  for (const Key of ["a/one", "a/one.more", "b/two words"]) {
    ids.set(Key, (await cos.createMultipartUpload({ Bucket: BUCKET, Key })).UploadId);
  }
});

async function listed(prefix = ""): Promise<unknown[]> {
  const run = await rig.run(["uploads", "ls", `cos://${BUCKET}/${prefix}`, "--json"]);
  return jsonLines(run).flatMap(({ type, key }) => (type === "upload" ? [key] : []));
}

describe("uploads ls", () => {
  it("lists what is unfinished, as JSON lines", async () => {
    const run = await rig.run(["uploads", "ls", `cos://${BUCKET}`, "--json"]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(jsonLines(run)[0]).toEqual({
      type: "upload",
      key: "a/one",
      uploadId: ids.get("a/one"),
      initiated: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      storageClass: "STANDARD",
    });
    expect(summaryOf(run)).toEqual({ type: "summary", uploads: 3 });
  });

  it("below a prefix, in plain lines", async () => {
    const run = await rig.run(["uploads", "ls", `cos://${BUCKET}/b/`]);
    expect(run.stdout).toMatch(new RegExp(`^\\d{4}-\\S+ {2}${ids.get("b/two words")} {2}b/two words\\n$`));
  });

  it("lists nothing", async () => {
    expect(await rig.run(["uploads", "ls", `cos://${BUCKET}/c/`])).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
  });
});

describe("uploads abort", () => {
  it("aborts one by its id", async () => {
    const words = [
      "uploads",
      "abort",
      `cos://${BUCKET}/a/one`,
      "--upload-id",
      ids.get("a/one") ?? "",
      "--json",
    ];
    const run = await rig.run(words);
    expect(jsonLines(run)).toEqual([
      { type: "aborted", key: "a/one", uploadId: ids.get("a/one") },
      { type: "summary", aborted: 1 },
    ]);
    expect(await listed()).toEqual(["a/one.more", "b/two words"]);
    expect(await rig.run(words)).toMatchObject({ code: 1, stderr: expect.stringContaining("NoSuchUpload") });
  });

  it("--all of exactly this key", async () => {
    const run = await rig.run(["uploads", "abort", `cos://${BUCKET}/a/one`, "--all"]);
    expect(run).toMatchObject({ code: 0, stdout: `aborted ${ids.get("a/one")}  a/one\n` });
    expect(await listed()).toEqual(["a/one.more", "b/two words"]);
  });

  it("--all below a prefix that ends with '/'", async () => {
    await rig.run(["uploads", "abort", `cos://${BUCKET}/a/`, "--all"]);
    expect(await listed()).toEqual(["b/two words"]);
  });

  it("keeps those that are younger than --older-than", async () => {
    const run = await rig.run(["uploads", "abort", `cos://${BUCKET}/`, "--all", "--older-than", "7d"]);
    expect(run).toMatchObject({ code: 0, stdout: "nothing to abort\n" });
    expect(await listed()).toHaveLength(3);
  });
});

describe("uploads prune", () => {
  const state = join(rig.folder, "state");
  const endpoint = `http://127.0.0.1:${rig.port}/${BUCKET}`;
  const gone = "0123456789abcdef0123456789abcdef";
  const foreign = "ffffffffffffffffffffffffffffffff";

  /** A checkpoint as an upload leaves it, written some days ago. */
  async function leave(id: string, Key: string, UploadId: string, service = endpoint): Promise<void> {
    await mkdir(state, { recursive: true });
    const path = join(state, `${id}.json`);
    await writeFile(path, JSON.stringify({ version: 2, Bucket: BUCKET, Key, endpoint: service, UploadId }));
    const written = new Date(Date.now() - 30 * 86_400_000);
    await utimes(path, written, written);
  }

  const left = async (): Promise<string[]> => (await readdir(state)).filter((name) => name.endsWith(".json"));
  const prune = (prefix: string, ...words: string[]): Promise<Run> =>
    rig.run(["uploads", "prune", `cos://${BUCKET}/${prefix}`, ...words]);

  it("says what it would do, does nothing without --yes, and then aborts and removes just that", async () => {
    await leave("a".repeat(32), "a/one", ids.get("a/one") ?? "");
    await leave(gone, "a/gone", "no-such-upload");
    await leave(foreign, "a/gone", "no-such-upload", "http://other.example.com");
    const all = [`${"a".repeat(32)}.json`, `${foreign}.json`, `${gone}.json`].sort();
    const plan = await prune("a/", "--older-than", "0s", "--dry-run");
    expect(plan).toMatchObject({ code: 0, stderr: "" });
    const planned = [
      "",
      `would abort ${ids.get("a/one")}  a/one`,
      `would abort ${ids.get("a/one.more")}  a/one.more`,
      "would remove the checkpoint of a/gone",
      "would remove the checkpoint of a/one",
    ];
    // The ids are random.
    expect(plan.stdout.split("\n").sort()).toEqual(planned.sort());
    const refused = await prune("a/", "--older-than", "0s");
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("--yes") });
    expect([await listed(), (await left()).sort()]).toEqual([["a/one", "a/one.more", "b/two words"], all]);
    const run = await prune("a/", "--older-than", "0s", "--yes", "--json");
    expect([run.code, summaryOf(run)]).toEqual([0, { type: "summary", aborted: 2, checkpoints: 2 }]);
    expect([await listed(), await left()]).toEqual([["b/two words"], [`${foreign}.json`]]);
  });

  it("keeps what is young, and what is running now", async () => {
    const young = await prune("", "--yes");
    expect(young).toMatchObject({ code: 0, stdout: "nothing to prune\n" });
    await leave("b".repeat(32), "a/one", ids.get("a/one") ?? "");
    const lock = await fileCheckpoints(state).lock("b".repeat(32));
    const run = await prune("a/one", "--older-than", "0s", "--yes");
    expect(run).toEqual({
      code: 0,
      stdout: "nothing to prune\n",
      stderr: "warning: the upload of a/one is running: it stays\n",
    });
    await lock?.release();
    expect(await listed("a/")).toEqual(["a/one", "a/one.more"]);
  });
});

describe("stat", () => {
  it("prints as text what --json prints as one object", async () => {
    await cos.putObject({ Bucket: BUCKET, Key: "obj", Body: "hello", Metadata: { "x-cos-meta-a": "b" } });
    const run = await rig.run(["stat", `cos://${BUCKET}/obj`, "--json"]);
    expect(jsonLines(run)).toEqual([
      {
        type: "stat",
        bucket: BUCKET,
        key: "obj",
        size: 5,
        crc64: expect.stringMatching(/^\d+$/),
        etag: "5d41402abc4b2a76b9719d911017c592",
        contentType: expect.any(String),
        cacheControl: null,
        contentDisposition: null,
        contentEncoding: null,
        contentLanguage: null,
        expires: null,
        encryption: null,
        lastModified: expect.stringMatching(/GMT$/),
        storageClass: "STANDARD",
        versionId: null,
        metadata: { "x-cos-meta-a": "b" },
      },
    ]);
    const words = await rig.run(["stat", `cos://${BUCKET}/obj`]);
    expect(words.stdout).toMatch(/^size +5 \(5 B\)$/m);
    expect(words.stdout).toMatch(/^x-cos-meta-a +b$/m);
  });
});
