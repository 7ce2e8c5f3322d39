import { describe, expect, test } from "vitest";
import type { CheckpointPart } from "../../src/upload/checkpoint.ts";
import { CheckpointWriter, type RecordedPart } from "../../src/upload/checkpoint-writer.ts";
import type { ProgressDetails, UploadWarning } from "../../src/upload/options.ts";
import { Progress } from "../../src/upload/progress.ts";

import { caught, thrown } from "../support/caught.ts";
import { MemoryCheckpoints } from "../support/memory-checkpoints.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const base = {
  version: 1,
  Bucket: "examplebucket-1250000000",
  Key: "exampleobject",
  UploadId: "upload-1",
  size: 1_000_000,
  partSize: 100,
  fingerprint: "file-1",
  headers: {},
} as const;

const part = (partNumber: number, etag = `etag-${partNumber}`): RecordedPart => ({
  partNumber,
  etag,
  crc64: BigInt(partNumber * 7),
  length: 100,
});

function rig(
  options: {
    store?: MemoryCheckpoints | undefined;
    known?: CheckpointPart[];
    saved?: boolean;
    onProgress?: (consumed: number) => void;
    onWarning?: (warning: UploadWarning) => void;
  } = {},
) {
  const clock = new VirtualClock();
  const store = "store" in options ? options.store : new MemoryCheckpoints();
  const reported: number[] = [];
  const warnings: UploadWarning[] = [];
  const writer = new CheckpointWriter({
    store,
    id: "id",
    base,
    known: options.known ?? [],
    saved: options.saved ?? false,
    clock,
    progress: new Progress(options.onProgress ?? ((consumed) => reported.push(consumed)), undefined, clock),
    onWarning: options.onWarning ?? ((warning) => void warnings.push(warning)),
  });
  return { clock, store: store ?? new MemoryCheckpoints(), reported, warnings, writer };
}

/** Makes a write take a second. */
function slowDown(store: MemoryCheckpoints, clock: VirtualClock): void {
  const save = store.save.bind(store);
  store.save = async (id, text) => {
    await clock.sleep(1_000);
    await save(id, text);
  };
}

describe("a checkpoint writer and time", () => {
  test("collects parts of a tenth of a second, and reports them once they are written", async () => {
    const { clock, store, reported, writer } = rig();
    writer.record(part(1), true);
    await clock.advance(50);
    writer.record(part(2), true);
    await clock.advance(50);
    expect([store.saved.length, reported]).toEqual([0, []]);
    await clock.advance(1);
    expect([store.saved.length, reported]).toEqual([1, [200]]);
    await clock.advance(10_000);
    expect(store.saved.length).toBe(1);
  });

  test("writes a long checkpoint less often", async () => {
    const { clock, store, writer } = rig();
    for (let number = 1; number <= 5_000; number += 1) writer.record(part(number), true);
    await clock.advance(200);
    expect(store.saved.length).toBe(1);
    writer.record(part(5_001), true);
    await clock.advance(599);
    expect(store.saved.length).toBe(1);
    await clock.advance(2);
    expect(store.saved.length).toBe(2);
  });

  test("reports a part that comes during a write only after the next one", async () => {
    const { clock, store, reported, writer } = rig();
    slowDown(store, clock);
    writer.record(part(1), true);
    await clock.advance(500);
    writer.record(part(2), true);
    await clock.advance(700);
    expect(reported).toEqual([100]);
    await clock.advance(2_000);
    expect(reported).toEqual([100, 200]);
    expect(store.only.parts).toHaveLength(2);
  });
});

test("a checkpoint writer tells bytes that this call sent from those that an earlier call had sent", async () => {
  const clock = new VirtualClock();
  const details: ProgressDetails[] = [];
  const writer = new CheckpointWriter({
    store: new MemoryCheckpoints(),
    id: "id",
    base,
    known: [],
    saved: false,
    clock,
    progress: new Progress((_consumed, _total, more) => void details.push(more), undefined, clock),
    onWarning: undefined,
  });
  writer.record(part(1), false);
  writer.record(part(2), true);
  await clock.advance(200);
  writer.record(part(3), true);
  await clock.run(writer.flush());
  expect(details).toMatchObject([
    { acknowledged: 200, resumed: 100, inFlight: 0 },
    { acknowledged: 300, resumed: 100, inFlight: 0 },
  ]);
});

describe("a checkpoint writer's flush", () => {
  test("writes pending parts at once, and leaves no timer", async () => {
    const { clock, store, reported, writer } = rig();
    writer.record(part(1), true);
    const start = clock.now();
    await clock.run(writer.flush());
    expect([clock.now() - start, clock.pending, store.saved.length, reported]).toEqual([0, 0, 1, [100]]);
  });

  test("includes parts that came during the last write", async () => {
    const { clock, store, reported, writer } = rig();
    slowDown(store, clock);
    writer.record(part(1), true);
    await clock.advance(500);
    writer.record(part(2), true);
    await clock.run(writer.flush());
    expect([reported, store.only.parts.length, clock.pending]).toEqual([[100, 200], 2, 0]);
  });

  test("writes nothing when there is nothing new", async () => {
    const { clock, store, writer } = rig();
    await writer.save();
    await clock.run(writer.flush());
    expect(store.saved.length).toBe(1);
  });
});

describe("a checkpoint writer's checkpoint", () => {
  test("keeps a part of an earlier run until this run has verified it", async () => {
    const known = [1, 9].map((partNumber) => ({ partNumber, etag: "earlier", crc64: "5" }));
    const { clock, store, writer } = rig({ known });
    writer.record(part(2), true);
    writer.record(part(1), true);
    await clock.run(writer.flush());
    expect(store.only.parts).toEqual([
      { partNumber: 1, etag: "etag-1", crc64: "7" },
      { partNumber: 9, etag: "earlier", crc64: "5" },
      { partNumber: 2, etag: "etag-2", crc64: "14" },
    ]);
    expect(writer.parts.map(({ partNumber }) => partNumber)).toEqual([1, 2]);
  });

  test("counts as stored once it has been written", async () => {
    const { writer, store } = rig();
    expect(writer.saved).toBe(false);
    await writer.save();
    expect([writer.saved, store.only.UploadId]).toEqual([true, "upload-1"]);
    expect(rig({ saved: true }).writer.saved).toBe(true);
  });

  test("is not built without a store: progress is reported at once", async () => {
    const { clock, reported, writer } = rig({ store: undefined });
    await writer.save();
    writer.record(part(1), true);
    writer.record(part(2), true);
    expect([reported, writer.saved, clock.pending]).toEqual([[100, 200], false, 0]);
    await writer.flush();
    expect(reported).toEqual([100, 200]);
  });
});

describe("a store that fails", () => {
  test("causes one warning and is not used again, while progress continues", async () => {
    const { clock, store, reported, warnings, writer } = rig();
    store.failing.add("save");
    writer.record(part(1), true);
    await clock.advance(200);
    store.failing.clear();
    writer.record(part(2), true);
    await clock.run(writer.flush());
    expect([store.saved.length, reported, writer.saved]).toEqual([0, [100, 200], false]);
    expect(warnings).toEqual([
      {
        code: "checkpoint-degraded",
        message:
          "the checkpoint cannot be written (disk full: save); the upload goes on, but could not be resumed",
        uploadId: "upload-1",
      },
    ]);
  });

  test("with a value that is no Error is reported as that value", async () => {
    const { store, warnings, writer } = rig();
    store.save = () => Promise.reject("no space");
    await writer.save();
    expect(warnings[0]?.message).toContain("(no space)");
  });
});

test("an error of a callback in the background fails the next part and the flush, the first error of several", async () => {
  const mistakes: Error[] = [];
  const { clock, writer } = rig({
    onProgress: () => {
      const mistake = new Error(`mistake ${mistakes.length}`);
      mistakes.push(mistake);
      throw mistake;
    },
  });
  writer.record(part(1), true);
  await clock.advance(200);
  expect(thrown(() => writer.record(part(2), true))).toBe(mistakes[0]);
  expect(await caught(writer.flush())).toBe(mistakes[0]);
  expect(writer.parts).toHaveLength(1);
});

test("a checkpoint says of a part that it was not verified, and nothing of the others", async () => {
  const { clock, store, writer } = rig();
  writer.record({ ...part(1), verified: true }, true);
  writer.record({ ...part(2), verified: false }, true);
  writer.record(part(3), true);
  await clock.run(writer.save());
  expect(JSON.parse(store.saved[0] ?? "").parts).toEqual([
    { partNumber: 1, etag: "etag-1", crc64: "7" },
    { partNumber: 2, etag: "etag-2", crc64: "14", verified: false },
    { partNumber: 3, etag: "etag-3", crc64: "21" },
  ]);
});
