import { describe, expect, test } from "vitest";
import { CheckpointError } from "../../src/errors.ts";
import { caughtAs } from "../support/caught.ts";
import { denied } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { streamSource } from "../support/stream-source.ts";
import { createRig, KB, type Rig, TestFile } from "../support/upload-rig.ts";

const SIZE = 6 * KB;
const file = (): TestFile => new TestFile(pattern(SIZE));
const part = (number: number): Uint8Array => pattern(SIZE).slice((number - 1) * KB, number * KB);

async function interrupted(): Promise<Rig> {
  const rig = await createRig();
  rig.target.fault = ({ operation, partNumber = 0 }) =>
    operation === "putPart" && partNumber > 2 ? { refuse: denied() } : undefined;
  await expect(rig.run(file(), { concurrency: 1 })).rejects.toThrow();
  rig.target.fault = () => undefined;
  rig.target.requests.length = 0;
  return rig;
}

function damage(rig: Rig): void {
  for (const id of rig.checkpoints.texts.keys()) rig.checkpoints.texts.set(id, "{");
}

describe("resume: 'require'", () => {
  test("resumes the checkpoint's upload", async () => {
    const rig = await interrupted();
    expect(await rig.run(file(), { resume: "require" })).toMatchObject({ partsResumed: 2 });
  });

  test.each<[string, (rig: Rig, source: TestFile) => void, number]>([
    ["there is no checkpoint", (rig) => rig.checkpoints.texts.clear(), SIZE],
    ["COS no longer knows the upload", (rig) => rig.target.uploads.clear(), SIZE],
    ["the size changed", () => {}, SIZE + 1],
    ["the checkpoint is damaged", damage, SIZE],
    ["it cannot be read", (rig) => rig.checkpoints.failing.add("load"), SIZE],
    ["it cannot be locked", (rig) => rig.checkpoints.failing.add("lock"), SIZE],
    ["the source has no fingerprint", (_, source) => Object.assign(source, { fingerprint: undefined }), SIZE],
  ])("is a CheckpointError when %s, and changes nothing", async (_, change, size) => {
    const rig = await interrupted();
    const source = new TestFile(pattern(size));
    change(rig, source);
    const uploads = rig.target.uploads.size;
    const error = await caughtAs(rig.run(source, { resume: "require" }), CheckpointError);
    expect(error).toMatchObject({ code: "checkpoint-unusable", retryable: false });
    expect(
      ["initiate", "putPart", "abort"].map((operation) =>
        rig.target.requests.some((request) => request.operation === operation),
      ),
    ).toEqual([false, false, false]);
    expect([rig.target.uploads.size, source.closed, rig.checkpoints.locks.size]).toEqual([uploads, 1, 0]);
  });

  test("is a CheckpointError for a stream, whose memory is released", async () => {
    const rig = await createRig();
    const stream = streamSource(new Blob([pattern(SIZE)]).stream(), undefined);
    await caughtAs(rig.run(stream, { resume: "require" }), CheckpointError);
    expect((await rig.core.arena.allocate(rig.core.arena.capacity)).bytes.length).toBe(
      rig.core.arena.capacity,
    );
  });
});

describe("resume: 'off'", () => {
  test("aborts the upload of the checkpoint and begins a new one", async () => {
    const rig = await interrupted();
    expect(await rig.run(file(), { resume: "off" })).toMatchObject({ partsResumed: 0, uploadId: "upload-2" });
    expect([rig.target.uploads.size, rig.target.countOf("abort")]).toEqual([0, 1]);
  });
});

describe("uploads of others", () => {
  test.each(["auto", "off"] as const)("are neither adopted nor aborted with resume: '%s'", async (resume) => {
    const rig = await createRig();
    const foreign = rig.target.plant(new Map([[1, part(1)]]));
    await rig.run(file(), { resume });
    expect([...rig.target.uploads.keys()]).toEqual([foreign]);
    expect([rig.target.countOf("unfinished"), rig.target.countOf("listParts")]).toEqual([0, 0]);
  });

  test("are adopted with resume: 'server', newest first, each part compared by MD5", async () => {
    const rig = await createRig();
    const older = rig.target.plant(new Map([[1, part(1)]]));
    const newer = rig.target.plant(
      new Map([
        [1, part(1)],
        [2, pattern(KB, 99)],
        [3, part(3)],
      ]),
    );
    const result = await rig.run(file(), { resume: "server", headers: {}, checkpoints: undefined });
    expect(result).toMatchObject({ uploadId: newer, partsResumed: 2, partsSent: 4 });
    expect(Buffer.compare(rig.target.object?.bytes ?? new Uint8Array(0), pattern(SIZE))).toBe(0);
    expect([...rig.target.uploads.keys()]).toEqual([older]);
  });

  test("are not adopted with resume: 'server' when their parts have other sizes", async () => {
    const rig = await createRig();
    const odd = rig.target.plant(new Map([[1, pattern(2 * KB)]]));
    const beyond = rig.target.plant(new Map([[7, pattern(KB)]]));
    const result = await rig.run(file(), { resume: "server" });
    expect(result).toMatchObject({ uploadId: "upload-3", partsResumed: 0 });
    expect([...rig.target.uploads.keys()]).toEqual([odd, beyond]);
  });

  test("are kept with resume: 'server' when the upload fails, so that the next call can resume", async () => {
    const rig = await createRig();
    rig.target.fault = ({ operation, partNumber }) =>
      operation === "putPart" && partNumber === 6 ? { refuse: denied() } : undefined;
    await expect(
      rig.run(file(), { resume: "server", headers: {}, checkpoints: undefined, concurrency: 1 }),
    ).rejects.toThrow();
    rig.target.fault = () => undefined;
    expect(await rig.run(file(), { resume: "server", headers: {}, checkpoints: undefined })).toMatchObject({
      uploadId: "upload-1",
      partsResumed: 5,
    });
  });
});

describe("the lock", () => {
  test("held by another upload is a CheckpointError that may be tried again, and nothing is sent", async () => {
    const rig = await createRig();
    const both = Promise.allSettled([rig.start(file()), rig.start(file())]);
    // Either may get the lock: both ask for it in the same turn of the event loop.
    const failures = (await rig.clock.run(both)).filter(({ status }) => status === "rejected");
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatchObject({ reason: { code: "checkpoint-locked", retryable: true } });
    expect(failures[0]).toHaveProperty("reason.name", "CheckpointError");
    expect(rig.target.countOf("initiate")).toBe(1);
    expect(rig.checkpoints.locks.size).toBe(0);
  });

  test("is not taken for a single PUT", async () => {
    const rig = await createRig();
    rig.checkpoints.failing.add("lock");
    await rig.run(new TestFile(pattern(KB)));
    expect(rig.warnings).toEqual([]);
  });
});
