import { fileURLToPath } from "node:url";
import { defaultCheckpointDirectory, fileCheckpoints } from "@cosup/deno";
import { assert, EMULATOR, noiseFile, temporaryDirectory, test } from "./rig.ts";

test("a checkpoint is saved, replaced, loaded and removed", async () => {
  await using directory = await temporaryDirectory();
  const store = fileCheckpoints(`${directory.path}/made/here`);
  assert.equal(await store.load("ab"), undefined);
  await store.save("ab", "one");
  await store.save("ab", "zwei ✓");
  assert.equal(await store.load("ab"), "zwei ✓");
  await store.remove("ab");
  await store.remove("ab");
  assert.equal(await store.load("ab"), undefined);
});

test(
  "a checkpoint is for this user's eyes alone",
  async () => {
    await using directory = await temporaryDirectory();
    const root = `${directory.path}/state`;
    await fileCheckpoints(root).save("ab", "{}");
    assert.equal(((await Deno.stat(root)).mode ?? 0) & 0o777, 0o700);
    assert.equal(((await Deno.stat(`${root}/ab.json`)).mode ?? 0) & 0o777, 0o600);
  },
  Deno.build.os === "windows",
);

test("a directory can be given as a file: URL", async () => {
  await using directory = await temporaryDirectory();
  await fileCheckpoints(new URL(`file://${directory.path}/a%20b`)).save("ab", "{}");
  assert.equal(await Deno.readTextFile(`${directory.path}/a b/ab.json`), "{}");
});

test(
  "the default directory is that of the user's state, as in Node",
  () => {
    const get = (name: string): string | undefined => Deno.env.get(name);
    const before = { state: get("XDG_STATE_HOME"), home: get("HOME") };
    const set = (name: string, value: string | undefined): void =>
      value === undefined ? Deno.env.delete(name) : Deno.env.set(name, value);
    try {
      set("HOME", "/home/someone");
      set("XDG_STATE_HOME", "/state");
      assert.equal(defaultCheckpointDirectory(), "/state/cosup");
      set("XDG_STATE_HOME", "relative");
      assert.equal(defaultCheckpointDirectory(), "/home/someone/.local/state/cosup");
      set("XDG_STATE_HOME", undefined);
      assert.equal(defaultCheckpointDirectory(), "/home/someone/.local/state/cosup");
      set("HOME", undefined);
      assert.throws(() => defaultCheckpointDirectory(), { code: "checkpoint-unusable" });
    } finally {
      set("XDG_STATE_HOME", before.state);
      set("HOME", before.home);
    }
  },
  Deno.build.os === "windows",
);

test("an id that could lead out of the directory is refused", async () => {
  await using directory = await temporaryDirectory();
  const store = fileCheckpoints(directory.path);
  await assert.rejects(store.load("../x"), { name: "TypeError", parameter: "id" });
  await assert.rejects(store.save("a/b", ""), { name: "TypeError", parameter: "id" });
});

test("a save that fails leaves the old text and no draft", async () => {
  await using directory = await temporaryDirectory();
  const store = fileCheckpoints(directory.path);
  // A directory in its place: the rename fails.
  await Deno.mkdir(`${directory.path}/ab.json`);
  await assert.rejects(store.save("ab", "text"));
  const names = (await Array.fromAsync(Deno.readDir(directory.path))).map(({ name }) => name);
  assert.deepEqual(names, ["ab.json"]);
});

test("the next lock removes the draft of a save that crashed", async () => {
  await using directory = await temporaryDirectory();
  await Deno.writeTextFile(`${directory.path}/ab.json.0123.tmp`, "torn");
  await Deno.writeTextFile(`${directory.path}/cd.json.0123.tmp`, "another's");
  const lock = await fileCheckpoints(directory.path).lock("ab");
  await lock?.release();
  const names = (await Array.fromAsync(Deno.readDir(directory.path))).map(({ name }) => name);
  assert.deepEqual(names, ["cd.json.0123.tmp"]);
});

test("a sweep that fails costs neither the lock nor its release", async () => {
  await using directory = await temporaryDirectory();
  const store = fileCheckpoints(directory.path);
  // A directory that is not empty, under the name of a draft: it cannot be removed.
  const obstacle = `${directory.path}/ab.json.0123.tmp`;
  await Deno.mkdir(`${obstacle}/full`, { recursive: true });
  const lock = await store.lock("ab");
  assert.ok(lock !== undefined);
  await lock.release();
  const names = (await Array.fromAsync(Deno.readDir(directory.path))).map(({ name }) => name);
  assert.deepEqual(names, ["ab.json.0123.tmp"]);
});

test(
  "600 uploads at once, with checkpoints, all succeed in a process that may open 256 files",
  async () => {
    await using directory = await temporaryDirectory();
    const { path } = directory;
    await Deno.mkdir(`${path}/files`);
    for (let index = 0; index < 600; index += 1) {
      await noiseFile(`${path}/files/f${index}`, index % 2 === 0 ? 100 : 21_000, index + 1);
    }
    const script = fileURLToPath(new URL("many_uploads.ts", import.meta.url));
    const command = `ulimit -n 256; exec '${Deno.execPath()}' run --no-prompt --allow-all '${script}' '${path}' '${EMULATOR}'`;
    const { stdout, stderr } = await new Deno.Command("sh", { args: ["-c", command] }).output();
    assert.equal(new TextDecoder().decode(stdout), '{"stored":600}\n', new TextDecoder().decode(stderr));
  },
  Deno.build.os === "windows",
);
