import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUCKET, jsonLines, openRig, type Rig, SECRET_ID, SECRET_KEY } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
  await writeFile(join(rig.folder, "a.txt"), "a");
  await mkdir(join(rig.folder, "folder"));
});
afterAll(() => rig.close());

const TO = `cos://${BUCKET}/k`;

/** Everything wrong is one line on stderr, and nothing has been sent. */
async function refused(words: readonly string[], code: number, says: RegExp, env = {}): Promise<void> {
  const before = rig.requests.length;
  const run = await rig.run(words, { env });
  expect(run.stderr).toMatch(says);
  expect(run.stderr).toMatch(/^cosup: [^\n]+\n$/);
  expect(run.stderr).not.toMatch(/\n {4}at |node:internal/);
  expect(run).toMatchObject({ code, stdout: "" });
  expect(rig.requests.length).toBe(before);
}

describe("usage is exit code 2", () => {
  it.each<[string, string[], RegExp]>([
    ["an unknown command", ["frob"], /unknown command 'frob'/],
    ["an unknown option", ["cp", "a.txt", TO, "--frob"], /unknown option '--frob'/],
    ["a flag for secrets", ["cp", "a.txt", TO, "--secret-key", "x"], /unknown option '--secret-key'/],
    ["an option without its value", ["cp", "a.txt", TO, "--part-size"], /argument missing/],
    ["no arguments", ["cp"], /missing required argument/],
    ["no target", ["cp", "a.txt", "b.txt"], /last argument must be cos:/],
    [
      "a source in COS among files",
      ["cp", "a.txt", TO, `${TO}/`],
      /is not a local file, and another source is/,
    ],
    ["a file among sources in COS", ["cp", TO, "a.txt", "out/"], /'a.txt' is a local file/],
    ["two objects to stdout", ["cp", TO, `${TO}2`, "-"], /- \(stdout\) takes one object/],
    ["two objects to one path", ["cp", TO, `${TO}2`, "out"], /must end with '\/'/],
    ["two objects of one name", ["cp", TO, `cos://${BUCKET}/a/k`, "out/"], /would be stored as out\/k/],
    [
      "a header of a download",
      ["cp", TO, "out", "--acl", "private"],
      /ACL: is for uploads: the source is in COS \(--acl\)/,
    ],
    ["a type of a download", ["cp", TO, "out", "--content-type", "a/b"], /ContentType: is for uploads/],
    ["a .cosignore of a download", ["cp", "-r", TO, "out", "--no-cosignore"], /cosignore: is for uploads/],
    [
      "a list for one file",
      ["cp", "a.txt", TO, "--files-from", "a.txt"],
      /filesFrom: needs a folder, and -r where/,
    ],
    ["a filter for one file", ["cp", "a.txt", TO, "--exclude", "a.txt"], /exclude: needs a folder, and -r/],
    ["a filter for one file with -r", ["mv", "-r", "a.txt", TO, "--include", "b"], /include: needs a folder/],
    ["a filter for stdin", ["cp", "-", TO, "--exclude", "k"], /exclude: needs a folder/],
    ["a filter for one object", ["cp", TO, "out", "--exclude", "k"], /exclude: needs a folder/],
    ["a filter for one comparison", ["check", "a.txt", TO, "--exclude", "*"], /exclude: needs a folder/],
    ["nothing to copy", ["cp", "", TO], /source: must not be empty/],
    ["a bucket to one file", ["cp", `cos://${BUCKET}`, "out"], /is a bucket: add -r for everything in it/],
    ["a folder of COS without -r", ["cp", `${TO}/`, "folder"], /k\/ is a folder: add -r for everything/],
    ["rules for one object to delete", ["rm", TO, "--exclude-from", "a.txt"], /excludeFrom: needs a folder/],
    ["a filter for one object to delete", ["rm", TO, "--exclude", "x"], /exclude: needs -r/],
    ["NUL without a list", ["cp", "-r", "folder", TO, "-0"], /null: belongs to --files-from \(--null\)/],
    [
      "rules that are missing",
      ["sync", "folder", TO, "--exclude-from", "none"],
      /none does not exist \(--exclude-from\)/,
    ],
    [
      "a list that decides what is deleted",
      ["sync", "folder", TO, "--delete", "--files-from", "a.txt"],
      /must not be given with --delete/,
    ],
    [
      "no files at once of a download",
      ["cp", "-r", TO, "out", "--files", "0"],
      /1 to 1000 files.*\(--files\)/,
    ],
    [
      "parts of 0 MB of a download",
      ["cp", "-r", TO, "out", "--part-size", "0"],
      /PartSize: .*\(--part-size\)/,
    ],
    ["skip same of a download", ["cp", TO, "out", "--skip", "same"], /skip: must be 'never' or 'exists'/],
    [
      "resume of a copy inside COS",
      ["cp", TO, `${TO}2`, "--resume", "auto"],
      /resume: is for uploads and downloads/,
    ],
    [
      "a folder to delete without a terminal",
      ["rm", "-r", TO],
      /yes: must be given where there is no terminal/,
    ],
    [
      "a version of two objects",
      ["rm", TO, `${TO}2`, "--version-id", "v"],
      /VersionId: belongs to one object/,
    ],
    [
      "an Expires that is no date",
      ["cp", "a.txt", TO, "--expires", "7d"],
      /'7d' is invalid. It must be a date/,
    ],
    [
      "flags before the command",
      ["--region", "ap-guangzhou", "ls", TO],
      /^cosup: unknown option '--region' before the command: flags stand after it, as in cosup ls/,
    ],
    ["an unknown flag alone", ["--versoin"], /unknown option '--versoin' \(Did you mean --version\?\)/],
    ["a URL for no time", ["presign", TO, "--expires", "0s"], /Expired: .* \(--expires\)/],
    ["several files to one key", ["cp", "a.txt", "b.txt", TO], /must end with '\/'/],
    ["stdin among others", ["cp", "-", "a.txt", `${TO}/`], /must be the only source/],
    ["stdin without a key", ["cp", "-", `cos://${BUCKET}`], /Key: must not be empty/],
    ["stdin without a name", ["cp", "-", `${TO}/`], /stdin has no file name/],
    ["a malformed bucket", ["cp", "a.txt", "cos://Demo/k"], /Bucket: must be BucketName-APPID/],
    ["an empty key", ["stat", `cos://${BUCKET}/`], /Key: must not be empty/],
    [
      "a key over 850 bytes",
      ["cp", "a.txt", `cos://${BUCKET}/${"k".repeat(851)}`],
      /Key: must be 1 to 850 bytes/,
    ],
    ["a key made too long by the name", ["cp", "a.txt", `cos://${BUCKET}/${"k".repeat(847)}/`], /850 bytes/],
    ["a key with a leading slash", ["stat", `cos://${BUCKET}//k`], /Key: .*: remove it/],
    ["a folder below a leading slash", ["cp", "-r", "folder", `cos://${BUCKET}//k/`], /Key: .*: remove it/],
    ["PartSize 0", ["cp", "a.txt", TO, "--part-size", "0"], /PartSize: .* 1 to 5120, not 0 \(--part-size\)/],
    ["PartSize 5121", ["cp", "a.txt", TO, "--part-size", "5121"], /PartSize: .* not 5121/],
    ["a PartSize in words", ["cp", "a.txt", TO, "--part-size", "8MB"], /'8MB' is invalid/],
    ["a low TrafficLimit", ["cp", "a.txt", TO, "--traffic-limit", "819199"], /TrafficLimit: .* not 819199/],
    [
      "a high TrafficLimit",
      ["cp", "a.txt", TO, "--traffic-limit", "838860801"],
      /TrafficLimit: .* not 838860801/,
    ],
    ["no thread", ["cp", "a.txt", TO, "--threads", "0"], /threads: .* \(--threads\)/],
    ["no concurrency", ["cp", "a.txt", TO, "--concurrency", "0"], /MAXThread: .* \(--concurrency\)/],
    ["no files at once", ["cp", "a.txt", TO, "--files", "0"], /1 to 1000 files at the same time/],
    ["a wrong ACL", ["cp", "a.txt", TO, "--acl", "public"], /ACL: must be one of/],
    ["a wrong storage class", ["cp", "a.txt", TO, "--storage-class", "cheap"], /StorageClass: /],
    ["a wrong metadata name", ["cp", "a.txt", TO, "--meta", "my name=x"], /Metadata: names must be/],
    ["metadata over 2 KB", ["cp", "a.txt", TO, "--meta", `a=${"x".repeat(2048)}`], /2048 bytes/],
    ["a header with a line break", ["cp", "a.txt", TO, "--cache-control", "a\nb"], /CacheControl: /],
    ["a wrong skip mode", ["cp", "a.txt", TO, "--skip", "maybe"], /Allowed choices are never, exists, same/],
    ["a wrong resume mode", ["cp", "a.txt", TO, "--resume", "maybe"], /Allowed choices are auto/],
    [
      "an endpoint that is no URL",
      ["cp", "a.txt", TO, "--endpoint", "here"],
      /Endpoint: must be a URL template/,
    ],
    ["an endpoint of another scheme", ["stat", TO, "--endpoint", "ftp://h/{Bucket}"], /http or https/],
    [
      "an unknown placeholder",
      ["stat", TO, "--endpoint", "http://{Host}/"],
      /only \{Bucket\} and \{Region\}/,
    ],
    ["a malformed region", ["cp", "a.txt", TO, "--region", "Canton!"], /Region: must be a region name/],
    ["no attempts", ["stat", TO, "--max-attempts", "0"], /maxAttempts: .*\(--max-attempts\)/],
    ["abort without saying which", ["uploads", "abort", TO], /either --upload-id ID or --all/],
    ["abort of one and of all", ["uploads", "abort", TO, "--all", "--upload-id", "x"], /either/],
    ["a wrong age", ["uploads", "abort", TO, "--all", "--older-than", "week"], /for example 7d/],
    [
      "an age for one",
      ["uploads", "abort", TO, "--upload-id", "x", "--older-than", "7d"],
      /only be used with --all/,
    ],
    ["an emulator for a malformed bucket", ["emulator", "--bucket", "x"], /Bucket: must be/],
  ])("%s", (_what, words, says) => refused(words, 2, says));

  it("no region and no endpoint", () =>
    refused(["stat", TO], 2, /Region: is needed/, { COS_REGION: "", COS_ENDPOINT: "" }));

  it("no command at all, with help", async () => {
    const run = await rig.run([]);
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toMatch(/^Usage: cosup/);
  });

  it("as JSON too", async () => {
    const run = await rig.run(["cp", "a.txt", TO, "--part-size", "0", "--json"]);
    expect(run.code).toBe(2);
    expect(jsonLines(run)).toEqual([
      {
        type: "error",
        code: "invalid-argument",
        parameter: "PartSize",
        message: expect.stringContaining("PartSize"),
      },
    ]);
  });
});

describe("credentials are exit code 3", () => {
  const none = { COS_SECRET_ID: undefined, COS_SECRET_KEY: undefined };
  it.each<[string, Record<string, string | undefined>, RegExp]>([
    ["none", none, /no credentials: set COS_SECRET_ID and COS_SECRET_KEY, or .*, or run cosup config init/],
    ["an id alone", { COS_SECRET_KEY: undefined }, /COS_SECRET_KEY is not set/],
    ["a key alone", { COS_SECRET_ID: undefined }, /COS_SECRET_ID is not set/],
    ["an empty half", { COS_SECRET_KEY: "" }, /COS_SECRET_KEY is not set/],
    [
      "half a pair before a whole one",
      { COS_SECRET_KEY: undefined, TENCENTCLOUD_SECRET_ID: "x", TENCENTCLOUD_SECRET_KEY: "y" },
      /COS_SECRET_KEY is not set/,
    ],
    [
      "half of the SDKs' pair",
      { ...none, TENCENTCLOUD_SECRET_KEY: "y" },
      /TENCENTCLOUD_SECRET_ID is not set/,
    ],
    ["a key that cannot be one", { COS_SECRET_KEY: "a b\n" }, /SecretKey: must be/],
  ])("%s", (_what, env, says) => refused(["cp", "a.txt", TO], 3, says, env));

  it("half a pair for the emulator", () =>
    refused(["emulator", "--secret-id", "x"], 3, /must be given together/));

  it.each([
    ["an unknown id", { COS_SECRET_ID: "AKIDunknown" }],
    ["a wrong key", { COS_SECRET_KEY: "wrong-key-0123456789" }],
  ])("%s, denied by COS", async (_what, env) => {
    const run = await rig.run(["cp", "a.txt", TO, "--json"], { env });
    expect(run.code).toBe(3);
    expect(jsonLines(run)).toContainEqual(expect.objectContaining({ type: "error", code: "access-denied" }));
  });

  it("are found under the names of Tencent Cloud's SDKs", async () => {
    const env = { ...none, TENCENTCLOUD_SECRET_ID: SECRET_ID, TENCENTCLOUD_SECRET_KEY: SECRET_KEY };
    expect((await rig.run(["cp", "a.txt", TO], { env })).code).toBe(0);
  });

  it.each<[string, string[], object]>([
    ["a success", ["cp", "a.txt", TO, "--json"], {}],
    ["a wrong key", ["cp", "a.txt", TO, "--json"], { COS_SECRET_ID: "AKIDunknown" }],
    ["half a pair", ["stat", TO], { COS_SECRET_ID: undefined }],
    ["no connection", ["stat", TO, "--max-attempts", "1"], { COS_ENDPOINT: "http://127.0.0.1:1/{Bucket}" }],
  ])("are said by nothing: %s", async (_what, words, env) => {
    const token = "token-0123456789-abcdef";
    const run = await rig.run(words, { env: { ...env, COSUP_DEBUG: "1" } });
    const withToken = await rig.run(words, { env: { ...env, COSUP_DEBUG: "1", COS_TOKEN: token } });
    const said = JSON.stringify([run, withToken]);
    for (const secret of [SECRET_KEY, token, "q-signature", "AKIDunknown"])
      expect(said).not.toContain(secret);
  });
});

describe("sources are exit code 4", () => {
  it.each<[string, string[], RegExp]>([
    ["a missing file", ["cp", "nothing.bin", TO], /nothing.bin does not exist/],
    ["one missing among several", ["cp", "a.txt", "nothing.bin", `${TO}/`], /nothing.bin does not exist/],
    ["a path through a file", ["cp", "a.txt/b", TO], /does not exist/],
    ["a directory without -r", ["cp", "folder", TO], /folder is a directory: add -r/],
    ["a missing folder", ["cp", "-r", "nowhere", TO], /nowhere does not exist/],
  ])("%s", (_what, words, says) => refused(words, 4, says));

  it("two folders at once are usage", () =>
    refused(["cp", "-r", "folder", "a.txt", `${TO}/`], 2, /one directory per command/));
});
