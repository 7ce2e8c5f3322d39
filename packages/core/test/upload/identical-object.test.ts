import { describe, expect, test } from "vitest";
import { findIdenticalObject } from "../../src/upload/identical-object.ts";
import { bytesSource } from "../../src/upload/sources/bytes-source.ts";
import { caught } from "../support/caught.ts";
import { createCore, MB } from "../support/core.ts";
import { denied, MemoryTarget, serverError } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { streamSource } from "../support/stream-source.ts";
import { TestFile } from "../support/upload-rig.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const { signal } = new AbortController();

async function rig(stored: Uint8Array | undefined) {
  const clock = new VirtualClock();
  const target = new MemoryTarget(clock);
  if (stored !== undefined) target.replaceObject(stored);
  const core = await createCore(2 * MB, clock);
  return { clock, target, core };
}

const bytes = pattern(2.5 * MB);
const flipped = bytes.slice();
flipped[2 * MB] = (flipped[2 * MB] ?? 0) ^ 1;

describe("findIdenticalObject()", () => {
  test.each<[string, "exists" | "same", Uint8Array | undefined, boolean]>([
    ["an object of any content", "exists", pattern(3), true],
    ["no object", "exists", undefined, false],
    ["the same bytes", "same", bytes, true],
    ["one bit that differs", "same", flipped, false],
    ["another size", "same", bytes.slice(1), false],
    ["no object", "same", undefined, false],
  ])("with %s, mode %s", async (_, mode, stored, expected) => {
    const { clock, target, core } = await rig(stored);
    for (const source of [new TestFile(bytes), bytesSource(bytes)]) {
      const found = await clock.run(findIdenticalObject(target, source, core, mode, {}, signal));
      expect(found !== undefined).toBe(expected);
    }
    expect((await core.arena.allocate(2 * MB)).bytes.length).toBe(2 * MB);
  });

  test("sends nothing in mode never", async () => {
    const { target, core } = await rig(bytes);
    expect(await findIdenticalObject(target, bytesSource(bytes), core, "never", {}, signal)).toBeUndefined();
    expect(target.requests).toEqual([]);
  });

  test.each<[string, (target: MemoryTarget, file: TestFile) => void]>([
    ["COS tells no CRC64", (target) => Object.assign(target, { tellsCrc64: false })],
    ["the source changes meanwhile", (_, file) => Object.assign(file, { isChanged: true })],
    ["the source ends early", (_, file) => Object.assign(file, { bytes: bytes.slice(0, MB) })],
  ])("is not sure when %s", async (_, change) => {
    const { clock, target, core } = await rig(bytes);
    const file = new TestFile(bytes);
    change(target, file);
    expect(await clock.run(findIdenticalObject(target, file, core, "same", {}, signal))).toBeUndefined();
  });

  test.each<[string, Record<string, string>, boolean]>([
    ["nothing", {}, true],
    ["the type that the object has", { "content-type": "text/plain" }, true],
    ["another type", { "content-type": "text/html" }, false],
    ["an ACL, which HEAD does not show", { "x-cos-acl": "private" }, false],
  ])("asked for %s: %j", async (_, headers, expected) => {
    const { clock, target, core } = await rig(bytes);
    target.headers = { "content-type": "text/plain", "cache-control": "no-cache" };
    const source = new TestFile(bytes);
    const found = await clock.run(findIdenticalObject(target, source, core, "same", headers, signal));
    expect(found !== undefined).toBe(expected);
  });

  test("reads the source again when its metadata changed meanwhile", async () => {
    const { clock, target, core } = await rig(bytes);
    const touched = new TestFile(bytes);
    const changes = ["metadata", false] as const;
    let asked = 0;
    touched.changed = async () => changes[asked++] ?? false;
    const found = await clock.run(findIdenticalObject(target, touched, core, "same", {}, signal));
    expect([found !== undefined, asked]).toEqual([true, 2]);
  });

  test("has a hint where HEAD is forbidden, and only there", async () => {
    for (const [failure, hint] of [
      [denied(), expect.stringContaining("skip 'never'")],
      [Object.assign(denied(), { hint: "ask the owner" }), "ask the owner"],
      [serverError(), undefined],
      [new Error("a bug"), undefined],
    ] as const) {
      const { clock, target, core } = await rig(bytes);
      target.fault = () => ({ refuse: failure });
      const error = await caught(
        clock.run(findIdenticalObject(target, bytesSource(bytes), core, "exists", {}, signal)),
      );
      expect(error).toBe(failure);
      expect(failure).toEqual(
        hint === undefined
          ? expect.not.objectContaining({ hint: expect.any(String) })
          : expect.objectContaining({ hint }),
      );
    }
  });

  test("reads each byte once, in pieces of a megabyte", async () => {
    const { clock, target, core } = await rig(bytes);
    const file = new TestFile(bytes);
    await clock.run(findIdenticalObject(target, file, core, "same", {}, signal));
    expect(file.reads).toEqual([
      [0, MB],
      [MB, 2 * MB],
      [2 * MB, 2.5 * MB],
    ]);
  });

  test("reads nothing where the size or a missing CRC64 decides", async () => {
    for (const change of [{ tellsCrc64: false }, { object: { bytes: bytes.slice(1), etag: "e" } }]) {
      const { clock, target, core } = await rig(bytes);
      Object.assign(target, change);
      const file = new TestFile(bytes);
      await clock.run(findIdenticalObject(target, file, core, "same", {}, signal));
      expect(file.reads).toEqual([]);
    }
  });

  test("does not read a stream, which could then not be uploaded", async () => {
    const { clock, target, core } = await rig(bytes);
    const stream = streamSource(new Blob([bytes]).stream(), bytes.length);
    expect(await clock.run(findIdenticalObject(target, stream, core, "same", {}, signal))).toBeUndefined();
    const into = new Uint8Array(bytes.length);
    expect((await stream.read(0, bytes.length, into)).length).toBe(bytes.length);
  });
});
