import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ArgumentTypeError } from "@cosup/core";
import { describe, expect, it } from "vitest";
import { defaultCheckpointDirectory } from "../src/checkpoints/default-directory.ts";
import { fileCheckpoints } from "../src/checkpoints/file-checkpoints.ts";
import { caught } from "./caught.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const ID = "00c0ffee";

describe("fileCheckpoints", () => {
  it("loads what was saved, the last text of several", async () => {
    const store = fileCheckpoints(await temporaryDirectory());
    expect(await store.load(ID)).toBeUndefined();
    await store.save(ID, '{"first":"你好"}');
    expect(await store.load(ID)).toBe('{"first":"你好"}');
    await store.save(ID, "{}");
    expect(await store.load(ID)).toBe("{}");
    expect(await store.load("ab")).toBeUndefined();
  });

  it("removes, also what is not there", async () => {
    const store = fileCheckpoints(await temporaryDirectory());
    await store.save(ID, "{}");
    await store.remove(ID);
    await store.remove(ID);
    expect(await store.load(ID)).toBeUndefined();
  });

  it("leaves one file, and no draft", async () => {
    const directory = await temporaryDirectory();
    const store = fileCheckpoints(directory);
    await Promise.all(Array.from({ length: 10 }, (_, index) => store.save(ID, `{"n":${index}}`)));
    expect(await readdir(directory)).toEqual([`${ID}.json`]);
    expect(JSON.parse((await store.load(ID)) ?? "")).toHaveProperty("n");
  });

  it.skipIf(process.platform === "win32")("is readable by this user alone, whatever the umask", async () => {
    const directory = join(await temporaryDirectory(), "state", "cosup");
    const before = process.umask(0);
    try {
      const store = fileCheckpoints(directory);
      await store.save(ID, "{}");
      const lock = await store.lock(ID);
      expect((await stat(directory)).mode & 0o777).toBe(0o700);
      expect((await stat(join(directory, `${ID}.json`))).mode & 0o777).toBe(0o600);
      expect((await stat(join(directory, `${ID}.lock`))).mode & 0o777).toBe(0o600);
      await lock?.release();
    } finally {
      process.umask(before);
    }
  });

  it("throws when a checkpoint cannot be read or written", async () => {
    const directory = await temporaryDirectory();
    await mkdir(join(directory, `${ID}.json`));
    const store = fileCheckpoints(directory);
    expect(await caught(store.load(ID))).toMatchObject({ code: "EISDIR" });
    expect(await caught(store.save(ID, "{}"))).toBeInstanceOf(Error);
    expect(await readdir(directory)).toEqual([`${ID}.json`]);
  });

  it("throws when the directory is a file", async () => {
    const path = join(await temporaryDirectory(), "file");
    await writeFile(path, "");
    const store = fileCheckpoints(path);
    expect(await caught(store.save(ID, "{}"))).toBeInstanceOf(Error);
    expect(await caught(store.lock(ID))).toBeInstanceOf(Error);
  });

  it.skipIf(process.getuid?.() === 0)("throws when the directory is read-only", async () => {
    const directory = await temporaryDirectory();
    await chmod(directory, 0o500);
    expect(await caught(fileCheckpoints(directory).save(ID, "{}"))).toMatchObject({ code: "EACCES" });
  });

  it.each(["../escape", "", "UPPER", "a/b", "a.b"])(
    "refuses an id that is not hexadecimal: %j",
    async (id) => {
      const store = fileCheckpoints(await temporaryDirectory());
      const error = await caught(store.load(id));
      expect(error).toBeInstanceOf(ArgumentTypeError);
      expect(error).toMatchObject({ parameter: "id", message: "id: a lower-case hex string" });
      expect(await caught(store.save(id, "{}"))).toBeInstanceOf(ArgumentTypeError);
      expect(await caught(store.remove(id))).toBeInstanceOf(ArgumentTypeError);
      expect(await caught(store.lock(id))).toBeInstanceOf(ArgumentTypeError);
    },
  );

  it("never replaces a checkpoint by what it could not write whole", async () => {
    const directory = await temporaryDirectory();
    const store = fileCheckpoints(directory);
    await store.save(ID, "old");
    const unwritable = { toString: () => "new" } as unknown as string;
    expect(await caught(store.save(ID, unwritable))).toBeInstanceOf(Error);
    expect(await readFile(join(directory, `${ID}.json`), "utf8")).toBe("old");
    expect(await readdir(directory)).toEqual([`${ID}.json`]);
  });
});

describe.skipIf(process.platform === "win32")("defaultCheckpointDirectory", () => {
  const home = "/home/someone";

  it.each([
    [{ XDG_STATE_HOME: "/state" }, "/state/cosup"],
    [{ XDG_STATE_HOME: "relative" }, "/home/someone/.local/state/cosup"],
    [{ XDG_STATE_HOME: "" }, "/home/someone/.local/state/cosup"],
    [{}, "/home/someone/.local/state/cosup"],
  ])("with %j is %s", (env, expected) => {
    expect(defaultCheckpointDirectory({ env, home, platform: "linux" })).toBe(expected);
  });

  it("is local application data on Windows", () => {
    const env = { LOCALAPPDATA: "/local", XDG_STATE_HOME: "/state" };
    expect(defaultCheckpointDirectory({ env, home, platform: "win32" })).toBe("/local/cosup");
    expect(defaultCheckpointDirectory({ env: {}, home, platform: "win32" })).toBe(
      `${home}/AppData/Local/cosup`,
    );
  });
});
