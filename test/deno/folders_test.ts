import { walkFiles } from "@cosup/core/files";
import { type FileResult, fileCheckpoints, listFolder } from "@cosup/deno";
import { fileSystem } from "../../packages/deno/file_system.ts";
import { matcher } from "../../packages/deno/glob.ts";
import {
  assert,
  assertStored,
  Bucket,
  client,
  EMULATOR,
  MiB,
  noiseFile,
  ROOT,
  temporaryDirectory,
  test,
} from "./rig.ts";
import { walked } from "./walked.ts";

test("a folder goes up whole, the large file in parts", async () => {
  await using directory = await temporaryDirectory();
  await using cos = client();
  await Deno.mkdir(`${directory.path}/sub/deep`, { recursive: true });
  const small = await noiseFile(`${directory.path}/a.txt`, 100);
  const deep = await noiseFile(`${directory.path}/sub/deep/ü ✓.bin`, 1000, 2);
  const large = await noiseFile(`${directory.path}/sub/large.bin`, 21 * MiB, 3);
  const seen: FileResult[] = [];
  const progress: number[] = [];
  const result = await cos.uploadDirectory({
    Bucket,
    Prefix: "folder/",
    LocalDirectoryPath: directory.path,
    onFile: (file) => seen.push(file),
    onProgress: (consumed) => progress.push(consumed),
  });
  assert.deepEqual(
    { uploaded: result.uploaded, failed: result.failed, bytes: result.bytes },
    { uploaded: 3, failed: 0, bytes: 21 * MiB + 1100 },
  );
  assert.deepEqual(seen.map(({ Key }) => Key).sort(), [
    "folder/a.txt",
    "folder/sub/deep/ü ✓.bin",
    "folder/sub/large.bin",
  ]);
  assert.deepEqual(
    progress,
    progress.toSorted((one, other) => one - other),
  );
  assert.equal(progress.at(-1), 21 * MiB + 1100);
  await assertStored(cos, "folder/a.txt", small);
  await assertStored(cos, "folder/sub/deep/ü ✓.bin", deep);
  await assertStored(cos, "folder/sub/large.bin", large);
});

test("globs choose the files", async () => {
  await using directory = await temporaryDirectory();
  await using cos = client();
  await Deno.mkdir(`${directory.path}/node_modules/x`, { recursive: true });
  for (const name of ["a.ts", "b.js", ".hidden.ts", "node_modules/x/c.ts"]) {
    await noiseFile(`${directory.path}/${name}`, 10);
  }
  const keys: string[] = [];
  await cos.uploadDirectory({
    Bucket,
    LocalDirectoryPath: directory.path,
    include: ["*.ts"],
    exclude: ["node_modules"],
    onFile: ({ Key }) => keys.push(Key),
  });
  assert.deepEqual(keys.sort(), [".hidden.ts", "a.ts"]);
});

test("a list of a folder has the keys, sizes and reasons that its upload would have", async () => {
  await using directory = await temporaryDirectory();
  await Deno.mkdir(`${directory.path}/sub`);
  await noiseFile(`${directory.path}/sub/a.ts`, 7);
  await noiseFile(`${directory.path}/b.map`, 1);
  await Deno.symlink(`${directory.path}/sub`, `${directory.path}/link`);
  const entries = await Array.fromAsync(listFolder(directory.path, { Prefix: "p/", exclude: ["*.map"] }));
  assert.deepEqual(
    entries.map(({ Key, size, status, reason }) => [Key, size, status, reason]),
    [
      ["p/link", 0, "skipped", "symlink"],
      ["p/sub/a.ts", 7, "planned", undefined],
    ],
  );
});

test("patterns match as in Node", () => {
  const matches = (pattern: string, path: string): boolean => matcher({ include: [pattern] })(path);
  assert.ok(matches("*.ts", "deep/down/a.ts"));
  assert.ok(matches("./src/*.ts", "src/a.ts"));
  assert.ok(matches("logs/", "logs/2026/a"));
  assert.ok(matches("**/[ab].{ts,js}", "x/b.js"));
  assert.ok(!matches("src/*.ts", "src/deep/a.ts"));
  assert.ok(!matches("*.TS", "a.ts"));
  assert.ok(!matcher({ include: ["*"], exclude: ["*.log"] })("a.log"));
  assert.throws(() => matcher({ include: [""] }), { name: "TypeError", parameter: "include" });
});

test("a walk is by name, files before folders", async () => {
  await using directory = await temporaryDirectory();
  await Deno.mkdir(`${directory.path}/b/a`, { recursive: true });
  await Deno.mkdir(`${directory.path}/a`);
  for (const name of ["z", "b/1", "b/a/2", "a/3"]) await noiseFile(`${directory.path}/${name}`, 1);
  assert.deepEqual(await walked(directory.path), ["z", "a/3", "b/1", "b/a/2"]);
});

test("links are skipped, or followed within the root; loops, danglers and special files are named", async () => {
  await using outside = await temporaryDirectory();
  await using directory = await temporaryDirectory();
  const { path } = directory;
  await noiseFile(`${outside.path}/secret`, 1);
  await Deno.mkdir(`${path}/real`);
  await noiseFile(`${path}/real/file`, 1);
  await Deno.symlink(`${path}/real/file`, `${path}/link`);
  await Deno.symlink(`${path}/real`, `${path}/twin`);
  await Deno.symlink(path, `${path}/real/up`);
  await Deno.symlink(`${path}/nowhere`, `${path}/dangling`);
  await Deno.symlink(`${outside.path}/secret`, `${path}/out`);
  await new Deno.Command("mkfifo", { args: [`${path}/pipe`] }).output();
  assert.deepEqual(await walked(path), [
    "dangling: symlink",
    "link: symlink",
    "out: symlink",
    "pipe: special",
    "twin: symlink",
    "real/file",
    "real/up: symlink",
  ]);
  assert.deepEqual(await walked(path, true), [
    "dangling: dangling",
    "link",
    "out: outside",
    "pipe: special",
    "real/file",
    "real/up: loop",
    "twin/file",
    "twin/up: loop",
  ]);
});

test(
  "a name that is not UTF-8 is reported as lost",
  async () => {
    await using directory = await temporaryDirectory();
    await using cos = client();
    const make = `printf x > "$(printf '%s/\\377bad' "$0")"`;
    await new Deno.Command("sh", { args: ["-c", make, directory.path] }).output();
    const result = await cos.uploadDirectory({ Bucket, LocalDirectoryPath: directory.path });
    assert.equal(result.failed, 1);
    assert.equal(result.failures[0]?.reason, "name-not-utf8");
  },
  Deno.build.os !== "linux",
);

test(
  "names that read alike are failures, all but the one that is UTF-8",
  async () => {
    await using directory = await temporaryDirectory();
    await using cos = client();
    const make = `cd "$0" && printf 1 > "$(printf 'a\\357\\277\\275')" && printf 2 > "$(printf 'a\\377')"`;
    await new Deno.Command("sh", { args: ["-c", make, directory.path] }).output();
    const result = await cos.uploadDirectory({
      Bucket,
      Prefix: "alike/",
      LocalDirectoryPath: directory.path,
    });
    assert.deepEqual([result.uploaded, result.failed], [1, 1]);
    assert.equal(result.failures[0]?.reason, "name-not-utf8");
    assert.match(String(result.failures[0]?.error), /not valid UTF-8/);
    await assertStored(cos, "alike/a\uFFFD", new TextEncoder().encode("1"));
  },
  Deno.build.os !== "linux",
);

test("checkpoints, locks and drafts of cosup are left out", async () => {
  await using directory = await temporaryDirectory();
  await using cos = client();
  const id = "0123456789abcdef0123456789abcdef";
  const state = fileCheckpoints(`${directory.path}/state`);
  await state.save(id, '{"version":1,"Bucket":"b-1","Key":"k"}');
  const lock = await state.lock(id);
  await Deno.writeTextFile(`${directory.path}/state/${id}.json.0123456789abcdef.tmp`, "half");
  await Deno.writeTextFile(`${directory.path}/state/${id.replace("0", "1")}.json`, '{"name":"mine"}');
  const seen: string[] = [];
  await cos.uploadDirectory({
    Bucket,
    Prefix: "state/",
    LocalDirectoryPath: directory.path,
    onFile: ({ relativePath, reason }) => seen.push(`${relativePath}: ${reason}`),
  });
  await lock?.release();
  assert.deepEqual(seen.sort(), [
    `state/${id}.json.0123456789abcdef.tmp: checkpoint`,
    `state/${id}.json: checkpoint`,
    `state/${id}.lock: checkpoint`,
    `state/${id.replace("0", "1")}.json: undefined`,
  ]);
});

test("a root that is missing or a file is refused", async () => {
  await using directory = await temporaryDirectory();
  await using cos = client();
  await noiseFile(`${directory.path}/file`, 1);
  const missing = cos.uploadDirectory({ Bucket, LocalDirectoryPath: `${directory.path}/missing` });
  await assert.rejects(missing, {
    name: "SourceError",
    code: "source-unreadable",
    message: /does not exist/,
  });
  const file = cos.uploadDirectory({ Bucket, LocalDirectoryPath: `${directory.path}/file` });
  await assert.rejects(file, { name: "TypeError", parameter: "LocalDirectoryPath" });
});

test("a walk stops at an abort, with its reason", async () => {
  await using directory = await temporaryDirectory();
  for (const name of ["a", "b", "c"]) await noiseFile(`${directory.path}/${name}`, 1);
  const controller = new AbortController();
  const reason = new Error("enough");
  const walk = walkFiles(fileSystem, directory.path, { signal: controller.signal });
  await walk.next();
  controller.abort(reason);
  await assert.rejects(walk.next(), (error) => error === reason);
});

test("the example uploads a folder and shows its progress", async () => {
  await using directory = await temporaryDirectory();
  for (const name of ["a", "b"]) await noiseFile(`${directory.path}/${name}`, 1000);
  const script = new URL("examples/deno/upload-folder.ts", ROOT).href;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      `--allow-net=${new URL(EMULATOR).host}`,
      `--allow-read=${directory.path}`,
      "--allow-env=COS_SECRET_ID,COS_SECRET_KEY,COS_REGION,COS_ENDPOINT",
      script,
      directory.path,
      Bucket,
    ],
    env: { COS_SECRET_ID: "id", COS_SECRET_KEY: "key", COS_ENDPOINT: EMULATOR },
  }).output();
  const text = new TextDecoder().decode(stdout);
  assert.ok(success, new TextDecoder().decode(stderr));
  assert.match(text, /2000 of 2000 bytes/);
  assert.match(text, /2 files/);
});
