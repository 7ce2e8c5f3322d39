import { rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startWorker, temporaryDirectory, type Worker } from "./rig.ts";

/** About what 10 000 parts need. */
const LONG = JSON.stringify(
  Array.from({ length: 10_000 }, (_, index) => ({
    partNumber: index + 1,
    etag: "0123456789abcdef0123456789abcdef",
    crc64: "18446744073709551615",
  })),
);

describe.each([
  ["SQLite", true],
  ["key-value", false],
])("checkpoints in %s storage", (_name, useSQLite) => {
  let worker: Worker;
  const persist = temporaryDirectory();
  const start = (): Promise<Worker> =>
    startWorker("probe", {
      persist,
      bindings: { ENDPOINT: "http://127.0.0.1:1/{Bucket}" },
      more: { durableObjects: { SHELF: { className: "Shelf", useSQLite } } },
    });
  beforeAll(async () => {
    worker = await start();
  });
  afterAll(async () => {
    await worker.stop();
    rmSync(persist, { recursive: true, force: true });
  });

  const shelf = async (action: string, body?: string, query = ""): Promise<unknown> => {
    const response = await worker.fetch(`shelf?do=${action}${query}`, {
      method: "POST",
      ...(body === undefined ? {} : { body }),
    });
    return ((await response.json()) as { result: unknown }).result;
  };

  test("nothing is there at first", async () => {
    expect(await shelf("load")).toBeNull();
  });

  test.each([
    ["short", '{"version":1}'],
    ["of more than a million characters", LONG],
    ["of other scripts", JSON.stringify({ Key: "目录/文件 🚀".repeat(20_000) })],
    ["shorter again", "{}"],
  ])("a text %s comes back as it was", async (_text, text) => {
    await shelf("save", text);
    expect(await shelf("load")).toBe(text);
  });

  test("a shorter text leaves no piece of a longer one", async () => {
    await shelf("save", LONG);
    const many = (await shelf("keys")) as string[];
    await shelf("save", "{}");
    expect(many.length).toBeGreaterThan(15);
    expect(await shelf("keys")).toEqual(["cosup:ab", "cosup:ab:0000"]);
  });

  test("removal leaves nothing", async () => {
    await shelf("save", LONG);
    await shelf("save", LONG, "&id=cd");
    await shelf("remove");
    expect(await shelf("load")).toBeNull();
    expect(await shelf("load", undefined, "&id=cd")).toBe(LONG);
    await shelf("remove", undefined, "&id=cd");
    expect(await shelf("keys")).toEqual([]);
  });

  test("a lock excludes others until it is released", async () => {
    expect(await shelf("lockTwice", undefined, "&id=ef")).toEqual([true, false, true]);
  });

  test("text and lock of an isolate that was killed: the text is there, the lock for a moment", async () => {
    await shelf("save", LONG);
    const before = Date.now();
    expect(await shelf("lock", undefined, "&leaseMs=4000")).toBe(true);
    const locked = Date.now();
    // Storage confirms a write before the response is sent, so the write must survive this.
    await worker.kill();
    worker = await start();
    expect(await shelf("load")).toBe(LONG);
    const taken = await shelf("lock", undefined, "&leaseMs=4000");
    // On a slow machine the moment may be over by now.
    if (Date.now() - before < 4000) expect(taken).toBe(false);
    if (taken === true) return;
    await pause(Math.max(0, locked + 4100 - Date.now()));
    expect(await shelf("lock", undefined, "&leaseMs=4000")).toBe(true);
  });
});
