import { expect, test, vi } from "vitest";
import { caught } from "../support/caught.ts";
import { denied, md5Of } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { streamSource } from "../support/stream-source.ts";
import { createRig, KB, type Rig } from "../support/upload-rig.ts";

const bytes = pattern(4 * KB);
const stored = (rig: Rig): string => md5Of(rig.target.object?.bytes ?? new Uint8Array(0));

/** A stream of 4 KB, which one PUT may have, that gives so many bytes at once and the others an hour later. */
function silentAfter(rig: Rig, length: number, size: number | undefined) {
  async function* content(): AsyncGenerator<Uint8Array> {
    yield bytes.subarray(0, length);
    await rig.clock.sleep(3_600_000);
    yield bytes.subarray(length);
  }
  return streamSource(content(), size);
}

/** Uploads it while another upload wants all memory: the stream gives up its buffer, and so its first part ends there. */
async function uploadCut(rig: Rig, length: number, size: number | undefined) {
  const uploading = rig.start(silentAfter(rig, length, size), { concurrency: 1 });
  uploading.catch(() => {});
  await rig.clock.advance(1_000);
  const other = await rig.clock.run(rig.core.arena.allocate(4 * KB));
  other.release();
  return rig.clock.run(uploading);
}

test("a stream of declared length whose first part was cut is uploaded in parts", async () => {
  const rig = await createRig(1, 4 * KB);
  expect(await uploadCut(rig, 2 * KB, 4 * KB)).toMatchObject({ partsSent: 3, size: 4 * KB });
  expect([stored(rig), rig.target.countOf("put")]).toEqual([md5Of(bytes), 0]);
});

test("it is resumed with a first part of the length that COS holds, wherever it is cut now", async () => {
  const rig = await createRig(1, 4 * KB);
  rig.target.fault = ({ operation, partNumber = 0 }) =>
    operation === "putPart" && partNumber > 1 ? { refuse: denied() } : undefined;
  await caught(uploadCut(rig, 2 * KB, 4 * KB));
  rig.target.fault = () => undefined;
  expect(await uploadCut(rig, 3 * KB, 4 * KB)).toMatchObject({ partsResumed: 1, partsSent: 2 });
  expect(stored(rig)).toBe(md5Of(bytes));
});

/** A rig after an upload of a stream of unknown length that failed after its second part. */
async function interrupted(arenaBytes: number): Promise<Rig> {
  const rig = await createRig(1, arenaBytes);
  rig.target.fault = ({ operation, partNumber = 0 }) =>
    operation === "putPart" && partNumber > 2 ? { refuse: denied() } : undefined;
  await caught(rig.run(streamSource(new Blob([bytes]).stream(), undefined), { concurrency: 1 }));
  rig.target.fault = () => undefined;
  return rig;
}

test("the first part of a resumed stream is not read again when it has the length that COS holds", async () => {
  const rig = await interrupted(16 * KB);
  const allocate = vi.spyOn(rig.core.arena, "allocate");
  const result = await rig.run(streamSource(new Blob([bytes]).stream(), undefined));
  expect(result).toMatchObject({ partsResumed: 2, partsSent: 2 });
  // A buffer for each of its parts.
  expect(allocate).toHaveBeenCalledTimes(4);
});

test("a first part that is cut again keeps its bytes when another upload gets its memory", async () => {
  const rig = await interrupted(4 * KB);
  // It takes all memory as soon as the first part has given back its own.
  const listParts = rig.target.listParts.bind(rig.target);
  rig.target.listParts = (...parameters) => {
    rig.core.arena.allocate(4 * KB).then((other) => {
      other.bytes.fill(0xff);
      other.release();
    });
    return listParts(...parameters);
  };
  const source = streamSource(new Blob([bytes]).stream(), undefined);
  expect(await rig.run(source, { partSize: 2 * KB })).toMatchObject({ partsResumed: 2 });
  expect(stored(rig)).toBe(md5Of(bytes));
});
