import { describe, expect, test } from "vitest";
import { SourceError } from "../../src/errors.ts";
import { caughtAs } from "../support/caught.ts";
import { pattern, Random } from "../support/random.ts";
import { streamSource } from "../support/stream-source.ts";
import { createRig, KB, type Rig, TestFile } from "../support/upload-rig.ts";

/** Yields chunks of these sizes, then fails if told to. */
async function* chunks(sizes: readonly number[], failure?: Error): AsyncGenerator<Uint8Array> {
  let seed = 1;
  for (const size of sizes) {
    yield pattern(size, seed);
    seed += 1;
  }
  if (failure !== undefined) throw failure;
}

function expectNothingPublished(rig: Rig): void {
  expect([rig.target.object, rig.target.countOf("complete")]).toEqual([undefined, 0]);
  expect(rig.target.uploads.size).toBe(0);
  expect(rig.target.inFlight).toBe(0);
}

const noCheckpoints = { checkpoints: undefined } as const;

describe("a source that changes", () => {
  test.each([
    ["one PUT", KB],
    ["parts", 8 * KB],
  ])("is a SourceError, and nothing is published: %s", async (_, size) => {
    const rig = await createRig();
    const file = new TestFile(pattern(size));
    file.isChanged = true;
    const error = await caughtAs(rig.run(file, noCheckpoints), SourceError);
    expect(error).toMatchObject({ code: "source-changed", retryable: false });
    expect(error.message).toContain("changed while it was being uploaded; nothing was published");
    expect(error.hint).toContain("upload it again when it no longer changes");
    expectNothingPublished(rig);
    expect(rig.target.countOf("put")).toBe(0);
  });

  test("is one too when it is a stream that one PUT would have held", async () => {
    const rig = await createRig();
    const source = streamSource(chunks([KB / 2]), undefined);
    source.changed = async () => true;
    expect(await caughtAs(rig.run(source, noCheckpoints), SourceError)).toMatchObject({
      code: "source-changed",
    });
    expect(rig.target.requests).toEqual([]);
  });

  test("at any instant never gives an object that equals neither content", async () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const random = new Random(seed);
      const rig = await createRig(seed);
      const size = random.between(4 * KB + 1, 12 * KB);
      const before = pattern(size, seed);
      const file = new TestFile(before.slice());
      const at = random.between(0, 30);
      const kind = random.pick(["in place", "shrinks", "grows"] as const);
      rig.clock.timer(at, () => {
        file.isChanged = true;
        const replaced = pattern(size, seed + 1000);
        file.bytes =
          kind === "shrinks"
            ? replaced.slice(0, size >> 1)
            : kind === "grows"
              ? pattern(size * 2, seed)
              : replaced;
      });
      await rig.run(file, noCheckpoints).catch((error: unknown) => expect(error).toBeInstanceOf(SourceError));
      const label = `seed ${seed}: ${kind} at ${at} ms`;
      if (rig.target.object !== undefined)
        expect(Buffer.compare(rig.target.object.bytes, before), label).toBe(0);
      expect(rig.target.uploads.size, label).toBe(0);
    }
  });
});

describe("a source that is shorter than declared", () => {
  test.each([
    ["one PUT", 2 * KB],
    ["parts", 9 * KB],
  ])("is a SourceError that tells how far it came: %s", async (_, size) => {
    const rig = await createRig();
    const file = new TestFile(pattern(size));
    file.bytes = file.bytes.subarray(0, size - 1);
    const error = await caughtAs(rig.run(file, noCheckpoints), SourceError);
    expect(error.code).toBe("source-length");
    expect(error.message).toContain(`ended after ${size - 1} of ${size} bytes`);
    expectNothingPublished(rig);
  });

  test.each([KB, 9 * KB])(
    "is a SourceError for a stream of a declared length too: %i bytes",
    async (size) => {
      const rig = await createRig();
      const source = streamSource(chunks([size - 1]), size);
      expect(await caughtAs(rig.run(source, noCheckpoints), SourceError)).toMatchObject({
        code: "source-length",
      });
      expectNothingPublished(rig);
    },
  );
});

describe("a stream that is longer than declared", () => {
  test.each([0, KB, 9 * KB])("is a SourceError, and nothing is published: %i bytes", async (size) => {
    const rig = await createRig();
    const source = streamSource(chunks([size, 1]), size);
    const error = await caughtAs(rig.run(source, noCheckpoints), SourceError);
    expect(error).toMatchObject({ code: "source-length" });
    expect(error.message).toContain(`longer than the ${size} bytes`);
    expectNothingPublished(rig);
    expect(rig.target.countOf("put")).toBe(0);
  });
});

describe("a stream that fails", () => {
  test.each<[string, number[], number | undefined]>([
    ["before the first part is full", [100], undefined],
    ["after some parts", [5 * KB], undefined],
    ["at its declared end", [9 * KB], 9 * KB],
    ["half-way through a declared length", [5 * KB + 3], 9 * KB],
  ])("%s is a SourceError with its cause, and nothing is published", async (_, sizes, size) => {
    const rig = await createRig();
    const failure = new Error("the disk is on fire");
    const error = await caughtAs(
      rig.run(streamSource(chunks(sizes, failure), size), noCheckpoints),
      SourceError,
    );
    expect(error).toMatchObject({ code: "source-unreadable", cause: failure });
    expectNothingPublished(rig);
    expect((await rig.core.arena.allocate(rig.core.arena.capacity)).bytes.length).toBe(
      rig.core.arena.capacity,
    );
  });
});
