import { mkdtemp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { OptionTypeError, type Snapshot, startEmulator } from "../src/index.ts";
import { textsIn } from "./requests.ts";
import {
  at,
  BUCKET,
  closeLater,
  folder,
  get,
  keys,
  MiB,
  media,
  put,
  start,
  upload,
  useEmulators,
} from "./state-rig.ts";

useEmulators();

describe.each(media)("an emulator %s", (_, options) => {
  test("stores, overwrites, reads ranges of and deletes objects larger than a write", async () => {
    const emulator = await start(await options());
    const body = Buffer.alloc(3 * MiB + 5, "0123456789");
    await put(emulator, "big", Buffer.alloc(2 * MiB, "x"));
    await put(emulator, "big", body);
    expect(await get(emulator, "big")).toBe(body.toString());
    const range = await fetch(at(emulator, "big"), { headers: { Range: "bytes=524287-1572864" } });
    expect(await range.text()).toBe(body.subarray(524_287, 1_572_865).toString());
    expect((await fetch(at(emulator, "big"), { method: "DELETE" })).status).toBe(204);
    expect(await get(emulator, "big")).toBe(404);
  });

  test("returns to a snapshot: objects, versions, open uploads, buckets and their configurations", async () => {
    const emulator = await start(await options());
    await put(emulator, "kept", "first");
    await put(emulator, "changed", "before");
    const complete = await upload(emulator, "open", ["one", "two"]);
    const snapshot = await emulator.snapshot();

    await put(emulator, "changed", "after");
    await put(emulator, "new", "new");
    await fetch(at(emulator, "kept"), { method: "DELETE" });
    expect(await complete()).toBe(200);
    await fetch(`${emulator.url}/later-1250000000/`, { method: "PUT" });
    for (let round = 0; round < 2; round += 1) {
      await emulator.restore(snapshot);
      expect(await keys(emulator)).toEqual(["changed", "kept"]);
      expect([await get(emulator, "kept"), await get(emulator, "changed")]).toEqual(["first", "before"]);
      expect(await complete()).toBe(200);
      expect(await get(emulator, "open")).toBe("onetwo");
      expect((await fetch(`${emulator.url}/later-1250000000/`)).status).toBe(404);
    }
  });

  test("a released snapshot, or one of another emulator, is refused by name", async () => {
    const [one, other] = [await start(await options()), await start(await options())];
    await put(one, "a", "a");
    const snapshot = await one.snapshot();
    await expect(other.restore(snapshot)).rejects.toThrow("the snapshot is of another emulator");
    await snapshot.release();
    await snapshot.release();
    await expect(one.restore(snapshot)).rejects.toThrow("the snapshot is released");
    expect(await get(one, "a")).toBe("a");
    await expect(one.restore({} as Snapshot)).rejects.toThrow(OptionTypeError);
  });

  test("reset() leaves the buckets of the options, empty, and forgets the requests", async () => {
    const emulator = await start(await options());
    await put(emulator, "a", "a");
    await upload(emulator, "open", ["part"]);
    await fetch(`${emulator.url}/later-1250000000/`, { method: "PUT" });
    await emulator.reset();
    expect(emulator.requests()).toEqual([]);
    expect(await keys(emulator)).toEqual([]);
    expect((await fetch(`${emulator.url}/later-1250000000/`)).status).toBe(404);
    expect(textsIn(await (await fetch(at(emulator, "?uploads"))).text(), "UploadId")).toEqual([]);
    await put(emulator, "a", "again");
    expect(await get(emulator, "a")).toBe("again");
  });

  test("a read that has begun goes on after reset()", async () => {
    const emulator = await start(await options());
    const body = Buffer.alloc(16 * MiB, "abcdefgh");
    await put(emulator, "big", body);
    const response = await fetch(at(emulator, "big"));
    await emulator.reset();
    expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
  });

  test("changes that come during reset() are refused or kept, never half", async () => {
    const emulator = await start(await options());
    const statuses = Array.from({ length: 40 }, async (_, index) => {
      const target = at(emulator, `k${index}`);
      return (await fetch(target, { method: "PUT", body: "x".repeat(1_000) })).status;
    });
    await emulator.reset();
    expect((await Promise.all(statuses)).every((status) => status === 200 || status === 404)).toBe(true);
    for (const key of await keys(emulator)) expect(await get(emulator, key)).toBe("x".repeat(1_000));
    await put(emulator, "last", "last");
  });

  test("reset(), restore() and seed() that are called at once run one after the other", async () => {
    const emulator = await start(await options());
    await put(emulator, "a", "a");
    const snapshot = await emulator.snapshot();
    await put(emulator, "b", "b");
    await Promise.all([
      emulator.reset(),
      emulator.restore(snapshot),
      emulator.reset(),
      emulator.restore(snapshot),
    ]);
    expect(await keys(emulator)).toEqual(["a"]);
    const restoring = emulator.restore(snapshot);
    await new Promise(setImmediate);
    await Promise.all([snapshot.release(), restoring]);
    expect(await get(emulator, "a")).toBe("a");
  });

  test("while a snapshot is restored, nobody sees a part of it", async () => {
    const emulator = await start(await options());
    for (let index = 0; index < 60; index += 1) await put(emulator, `k${index}`, "x");
    const snapshot = await emulator.snapshot();
    let restored = false;
    const restoring = emulator.restore(snapshot).then(() => {
      restored = true;
    });
    const seen = new Set<number>();
    while (!restored) {
      const response = await fetch(at(emulator, ""));
      if (response.ok) seen.add(textsIn(await response.text(), "Key").length);
    }
    await restoring;
    expect([...seen].filter((count) => count !== 60)).toEqual([]);
    expect(await keys(emulator)).toHaveLength(60);
  });
});

test("what is restored in a directory is there at the next start", async () => {
  const data = await mkdtemp(join(folder(), "data-"));
  const first = await start({ data });
  await put(first, "a", "before");
  const complete = await upload(first, "open", ["one"]);
  const snapshot = await first.snapshot();
  await put(first, "a", "after");
  expect(await complete()).toBe(200);
  await first.restore(snapshot);
  await first.close();
  const second = await start({ data });
  expect([await get(second, "a"), await keys(second)]).toEqual(["before", ["a"]]);
  expect(textsIn(await (await fetch(at(second, "?uploads"))).text(), "Key")).toEqual(["open"]);
});

test("close() waits for what still writes to the directory", async () => {
  const data = await mkdtemp(join(folder(), "data-"));
  const first = await start({ data });
  for (let index = 0; index < 40; index += 1) await put(first, `k${index}`, "x");
  const restored = first.restore(await first.snapshot());
  await first.close();
  await restored;
  const second = await start({ data });
  expect(await keys(second)).toHaveLength(40);
  await expect(first.reset()).rejects.toThrow("the emulator is closed");
});

test("the bytes that only a snapshot needs are deleted with it", async () => {
  const data = await mkdtemp(join(folder(), "data-"));
  const emulator = await start({ data });
  await put(emulator, "a", "a");
  const snapshot = await emulator.snapshot();
  await put(emulator, "a", "b");
  expect(await readdir(join(data, "data"))).toHaveLength(2);
  await snapshot.release();
  expect(await readdir(join(data, "data"))).toHaveLength(1);
  expect(await get(emulator, "a")).toBe("b");
});

test("without options there are a bucket and a key pair, and no file is written", async () => {
  const before = await readdir(process.cwd());
  const emulator = await startEmulator();
  closeLater(emulator);
  expect(emulator.buckets).toEqual([BUCKET]);
  expect(emulator.clientOptions).toEqual({
    Endpoint: `http://127.0.0.1:${emulator.port}/{Bucket}`,
    Region: "ap-guangzhou",
    SecretId: "AKIDcosupemulator",
    SecretKey: "cosup-emulator-secret-key",
  });
  // Signatures are verified all the same.
  expect((await fetch(at(emulator, "a"), { method: "PUT", body: "a" })).status).toBe(403);
  expect(await readdir(process.cwd())).toEqual(before);
});
