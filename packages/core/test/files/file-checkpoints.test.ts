import { describe, expect, test } from "vitest";
import { ArgumentTypeError } from "../../src/errors.ts";
import { checkpointFiles } from "../../src/files/file-checkpoints.ts";
import type { FileSystem } from "../../src/files/file-system.ts";
import type { CheckpointLock } from "../../src/runtime/checkpoint-store.ts";
import { caught } from "../support/caught.ts";

const ID = "00c0ffee";
const PATH = `/state/${ID}.json`;
const MISSING = new Error("there is no such file");

/** Files in memory, and what was done to them. A name in `failing` makes that operation fail. */
function rig(files: Record<string, string> = {}) {
  const texts = new Map(Object.entries(files));
  const steps: string[] = [];
  const failing = new Map<string, Error>();
  const step = async (name: string, ...paths: string[]): Promise<void> => {
    steps.push([name, ...paths].join(" "));
    const error = failing.get(name);
    if (error !== undefined) throw error;
  };
  const textOf = (path: string): string => {
    const text = texts.get(path);
    if (text === undefined) throw MISSING;
    return text;
  };
  const fileSystem: Partial<FileSystem> = {
    separator: "/",
    kindOf: (error) => (error === MISSING ? "not-found" : undefined),
    names: async (path) => {
      await step("names", path);
      return [...texts.keys()].map((name) => name.slice(path.length + 1));
    },
    readText: async (path) => {
      await step("read", path);
      return textOf(path);
    },
    writeNew: async (path, text) => {
      texts.set(path, text.slice(0, 1));
      await step("write", path);
      texts.set(path, text);
    },
    rename: async (from, to) => {
      await step("rename", from, to);
      texts.set(to, textOf(from));
      texts.delete(from);
    },
    remove: async (path) => {
      await step("remove", path);
      texts.delete(path);
    },
    makeDirectory: (path) => step("make", path),
    syncDirectory: (path) => step("sync", path),
    randomToken: () => "0a1b",
  };
  const held: CheckpointLock = { release: async () => {} };
  const locks: (CheckpointLock | undefined)[] = [held];
  const store = checkpointFiles({
    fileSystem: fileSystem as FileSystem,
    directory: () => "/state",
    acquireLock: async (path) => {
      await step("lock", path);
      return locks.pop();
    },
  });
  return { texts, steps, failing, store, held };
}

describe("a store of checkpoint files", () => {
  test("loads a text, and nothing where there is none", async () => {
    const { store } = rig({ [PATH]: "text" });
    expect([await store.load(ID), await store.load("ab")]).toEqual(["text", undefined]);
  });

  test("does not take a failure for a missing text", async () => {
    const { store, failing } = rig({ [PATH]: "text" });
    const error = new Error("input/output error");
    failing.set("read", error);
    expect(await caught(store.load(ID))).toBe(error);
  });

  test("saves to a draft that then gets its name, in a directory that it makes", async () => {
    const { store, steps, texts } = rig({ [PATH]: "old" });
    await store.save(ID, "new");
    const draft = `${PATH}.0a1b.tmp`;
    expect(steps).toEqual(["make /state", `write ${draft}`, `rename ${draft} ${PATH}`, "sync /state"]);
    expect([...texts]).toEqual([[PATH, "new"]]);
  });

  test.each(["write", "rename"])("keeps the old text when it cannot %s, and no draft", async (name) => {
    const { store, steps, failing, texts } = rig({ [PATH]: "old" });
    const error = new Error("no space");
    failing.set(name, error);
    expect(await caught(store.save(ID, "new"))).toBe(error);
    expect([...texts]).toEqual([[PATH, "old"]]);
    expect(steps).not.toContain("sync /state");
    failing.set("remove", new Error("it cannot be removed either"));
    expect(await caught(store.save(ID, "new"))).toBe(error);
  });

  test("does not hide that a save may not be durable", async () => {
    const { store, failing } = rig();
    const error = new Error("input/output error");
    failing.set("sync", error);
    expect(await caught(store.save(ID, "new"))).toBe(error);
  });

  test("removes a text", async () => {
    const { store, texts, steps } = rig({ [PATH]: "text" });
    await store.remove(ID);
    expect([texts.size, steps]).toEqual([0, [`remove ${PATH}`]]);
  });

  test("refuses an id that could lead out of its directory, before it does anything", async () => {
    const { store, steps } = rig();
    for (const id of ["", "../a", "a/../b", "A", "g", "a".repeat(129)]) {
      for (const call of [store.load(id), store.save(id, ""), store.remove(id), store.lock(id)]) {
        const error = await caught(call);
        expect(error).toBeInstanceOf(ArgumentTypeError);
        expect(error).toMatchObject({ message: "id: a lower-case hex string" });
      }
    }
    expect(steps).toEqual([]);
    expect(await store.load("a".repeat(128))).toBeUndefined();
  });
});

describe("the lock of a checkpoint", () => {
  const others = [`/state/${ID}.json.backup`, `/state/${ID}.lock.1.tmp`, "/state/ab.json.1.tmp", PATH];
  const drafts = [`${PATH}.1.tmp`, `${PATH}.2.tmp`];
  const all = Object.fromEntries([...drafts, ...others].map((path) => [path, ""]));

  test("is a file in a directory that it makes; who gets it removes the drafts of that checkpoint", async () => {
    const { store, steps, texts, held } = rig(all);
    expect(await store.lock(ID)).toBe(held);
    expect(steps.slice(0, 2)).toEqual(["make /state", `lock /state/${ID}.lock`]);
    expect([...texts.keys()].sort()).toEqual([...others].sort());
  });

  test("belongs to another upload: nothing is removed", async () => {
    const { store, steps } = rig(all);
    await store.lock(ID);
    steps.length = 0;
    expect(await store.lock(ID)).toBeUndefined();
    expect(steps).toEqual(["make /state", `lock /state/${ID}.lock`]);
  });

  test.each(["names", "remove"])("is not lost when drafts cannot be removed: %s", async (name) => {
    const { store, failing, held } = rig(all);
    failing.set(name, new Error("not permitted"));
    expect(await store.lock(ID)).toBe(held);
  });

  test("is not taken where the directory cannot be made", async () => {
    const { store, steps, failing } = rig();
    const error = new Error("read-only");
    failing.set("make", error);
    expect(await caught(store.lock(ID))).toBe(error);
    expect(steps).toEqual(["make /state"]);
  });
});
