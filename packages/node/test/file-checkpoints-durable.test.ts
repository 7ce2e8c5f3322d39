import type { FileHandle } from "node:fs/promises";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { expect, it } from "vitest";
import { fileCheckpoints } from "../src/checkpoints/file-checkpoints.ts";
import { caught } from "./caught.ts";
import { failure, hook } from "./hooked-fs.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const ID = "00c0ffee";

/** Records the file operations in order, under short names, and keeps the handles. */
function watch(directory: string): { steps: string[]; handles: FileHandle[] } {
  const steps: string[] = [];
  const handles: FileHandle[] = [];
  const short = (path: unknown): string =>
    String(path) === directory ? "directory" : basename(String(path)).endsWith(".tmp") ? "draft" : "file";
  hook("open", (real) => async (path, ...more) => {
    const handle = await real(path, ...more);
    handles.push(handle);
    const { sync } = handle;
    handle.sync = () => {
      steps.push(`sync ${short(path)}`);
      return sync.call(handle);
    };
    return handle;
  });
  hook("rename", (real) => (from, to) => {
    steps.push(`${short(from)} becomes ${short(to)}`);
    return real(from, to);
  });
  return { steps, handles };
}

it("the file is synced before the rename, and the directory before save() resolves", async () => {
  const directory = await temporaryDirectory();
  const { steps, handles } = watch(directory);
  await fileCheckpoints(directory).save(ID, "{}");
  expect(steps).toEqual(["sync draft", "draft becomes file", "sync directory"]);
  expect(handles.map(({ fd }) => fd)).toEqual([-1, -1]);
});

it.each(["EPERM", "EISDIR", "EINVAL", "EACCES", "ENOTSUP", "EBADF"])(
  "a directory that cannot be synced (%s) is no failure: the text is whole",
  async (code) => {
    const directory = await temporaryDirectory();
    hook(
      "open",
      (real) =>
        (path, ...more) =>
          String(path) === directory ? Promise.reject(failure(code)) : real(path, ...more),
    );
    await fileCheckpoints(directory).save(ID, "{}");
    expect(await readFile(join(directory, `${ID}.json`), "utf8")).toBe("{}");
  },
);

it.each([failure("EIO"), new Error("of no code")])(
  "a directory whose sync fails is a failure: %s",
  async (error) => {
    const directory = await temporaryDirectory();
    hook(
      "open",
      (real) =>
        (path, ...more) =>
          String(path) === directory ? Promise.reject(error) : real(path, ...more),
    );
    expect(await caught(fileCheckpoints(directory).save(ID, "{}"))).toBe(error);
  },
);

it("a draft that could not even be opened is the failure itself, not that it cannot be removed", async () => {
  const directory = await temporaryDirectory();
  hook("open", () => () => Promise.reject(failure("EMFILE")));
  expect(await caught(fileCheckpoints(directory).save(ID, "{}"))).toMatchObject({ code: "EMFILE" });
});

it("a draft that cannot be written is closed and removed", async () => {
  const directory = await temporaryDirectory();
  const { handles } = watch(directory);
  const unwritable = { toString: () => "new" } as unknown as string;
  await caught(fileCheckpoints(directory).save(ID, unwritable));
  expect(handles.map(({ fd }) => fd)).toEqual([-1]);
  expect(await readdir(directory)).toEqual([]);
});

it("who does not get the lock sweeps nothing: the holder may be saving", async () => {
  const directory = await temporaryDirectory();
  const store = fileCheckpoints(directory);
  const lock = await store.lock(ID);
  const draft = `${ID}.json.0011.tmp`;
  await writeFile(join(directory, draft), "x");
  expect(await store.lock(ID)).toBeUndefined();
  expect(await readdir(directory)).toContain(draft);
  await lock?.release();
});

it("a sweep ignores files that are already gone, and leaves files that are not drafts", async () => {
  const directory = await temporaryDirectory();
  const kept = `${ID}.json.backup`;
  await writeFile(join(directory, kept), "x");
  hook(
    "readdir",
    (real) =>
      (async (path: string) => [...(await real(path)), `${ID}.json.0011.tmp`]) as unknown as typeof real,
  );
  const lock = await fileCheckpoints(directory).lock(ID);
  await lock?.release();
  hook("readdir", (real) => real);
  expect(await readdir(directory)).toEqual([kept]);
});
