import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openSelection } from "../src/selection/selection.ts";
import { FolderWatch } from "../src/sync/folder-watch.ts";

let folder = "";
let watch: FolderWatch;
const { signal } = new AbortController();

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "cosup-watch-"));
  watch = new FolderWatch(folder, await openSelection({}, undefined), () => {}, { quietMs: 40, mostMs: 200 });
  await watch.ready();
});
afterEach(async () => {
  await watch.close();
  rmSync(folder, { recursive: true });
});

it("takes what has changed also in a folder that is never quiet", async () => {
  const timer = setInterval(() => watch.add(["busy.log"]), 5);
  await watch.changed(signal, undefined);
  clearInterval(timer);
  expect(watch.take()).toEqual(new Set(["busy.log"]));
  expect(watch.hasChanges).toBe(false);
});

it("does not tell paths from each other when there are many, or when some may be unknown", async () => {
  watch.add(Array.from({ length: 201 }, (_, index) => `${index}`));
  expect(watch.take()).toBeUndefined();
  watch.add(["a"]);
  watch.add(undefined);
  expect(watch.take()).toBeUndefined();
  expect(watch.take()).toEqual(new Set());
});

it("ignores what cosup itself keeps in the folder", async () => {
  watch.add([`state/${"0".repeat(32)}.ledger`, `state/${"0".repeat(32)}.ledger.0123456789abcdef.tmp`]);
  expect(watch.hasChanges).toBe(false);
  // Ends although nothing has changed.
  await watch.changed(signal, 10);
  expect(watch.take()).toEqual(new Set());
});

// The watcher itself misses some of them, in most runs: those that come after it has read the new folder, and before it watches it.
it("notices files that are moved into a folder as it is made", async () => {
  const names = Array.from({ length: 90 }, (_, index) => `${index}`);
  for (const name of names) await writeFile(join(folder, name), "");
  const seen = new Set<string>();
  const takeAll = async (done: () => boolean): Promise<void> => {
    while (!done()) {
      await watch.changed(signal, 1000);
      for (const path of watch.take() ?? []) seen.add(path);
    }
  };
  await takeAll(() => seen.size === names.length);
  seen.clear();
  const moved = names.map((name) => `in-${name}/deep/file`);
  const moving = Promise.all(
    names.map(async (name, index) => {
      await wait(index * 3);
      await mkdir(join(folder, `in-${name}/deep`), { recursive: true });
      await wait((index % 20) / 2);
      await rename(join(folder, name), join(folder, `in-${name}/deep/file`));
    }),
  );
  await takeAll(() => moved.every((path) => seen.has(path)));
  await moving;
});
