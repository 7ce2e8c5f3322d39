import { call } from "../simulation/call.ts";
import { SimulatedFile } from "../simulation/file-input.ts";
import { judge, same } from "../simulation/oracle.ts";
import { pick } from "../simulation/pick.ts";
import { type Rig, UNIT } from "../simulation/rig.ts";
import { BUCKET } from "../simulation/service.ts";
import { content, perhapsAbort, type Scenario } from "./scenario.ts";

/** Creates uploads of another writer at the same key, with parts that would fit and some that are equal. */
export async function plantForeign(
  rig: Rig,
  Key: string,
  bytes: Uint8Array,
  partSize: number,
): Promise<string[]> {
  const parts = [bytes.slice(0, partSize), content(rig, partSize, partSize).subarray(0, partSize)];
  return [
    await rig.service.plantUpload(Key, parts),
    await rig.service.plantUpload(Key, []),
    await rig.service.plantUpload(`${Key}/other`, parts),
  ];
}

/** Somebody else's unfinished uploads of the same key stay as they are. */
export const besideForeign: Scenario = async (rig) => {
  const Key = "neighbour/object";
  const bytes = content(rig, 21 * UNIT, 40 * UNIT);
  const foreign = await plantForeign(rig, Key, bytes, UNIT);
  rig.foreign.push(...foreign);
  const path = rig.file("neighbour", new SimulatedFile(bytes, rig.clock, rig.random));
  const checkpoints = rig.random.next() < 0.5 ? rig.checkpoints : undefined;
  const client = rig.client();
  const outcome = await rig.clock.run(
    call(rig, { name: "upload", keys: [Key], abortAfter: perhapsAbort(rig) }, (hooks) =>
      client.uploadFile({ Bucket: BUCKET, Key, Body: { path }, PartSize: 1, checkpoints, ...hooks }),
    ),
  );
  await rig.clock.drain();
  await judge(rig, { key: Key, previous: undefined, sources: [bytes], outcomes: [outcome], since: 1 });
  const touched = rig.network.records.find(
    ({ uploadId }) => uploadId !== undefined && foreign.includes(uploadId),
  );
  if (touched !== undefined) rig.fail(`${touched.operation} was sent about a foreign upload`);
};

/** With resume "server", an upload continues one that the service holds, after comparing every part. */
export const adoption: Scenario = async (rig) => {
  const Key = "adopted/object";
  const bytes = content(rig, 21 * UNIT, 40 * UNIT);
  await rig.service.plantUpload(Key, [bytes.slice(0, UNIT), content(rig, UNIT, UNIT).subarray(0, UNIT)]);
  const path = rig.file("adopted", new SimulatedFile(bytes, rig.clock, rig.random));
  const client = rig.client();
  const outcome = await rig.clock.run(
    call(rig, { name: "upload", keys: [Key, ""], abortAfter: perhapsAbort(rig) }, (hooks) =>
      client.uploadFile({ Bucket: BUCKET, Key, Body: { path }, PartSize: 1, resume: "server", ...hooks }),
    ),
  );
  await rig.clock.drain();
  await judge(rig, { key: Key, previous: undefined, sources: [bytes], outcomes: [outcome], since: 1 });
  // A failed call leaves its own upload or the planted one for the next call, which finds it by listing.
  for (const { uploadId, key } of await rig.service.uploads()) {
    if (key === Key) rig.onWarning({ code: "orphan-upload", message: "kept for the next call", uploadId });
  }
};

/** `skip` depends only on the object itself. */
export const skips: Scenario = async (rig) => {
  const Key = "skipped/object";
  const bytes = content(rig, 0, 25 * UNIT);
  const nearly = bytes.map((byte, index) => (index === bytes.length >>> 1 ? byte ^ 1 : byte));
  const there = pick(rig.random, [undefined, bytes, nearly, content(rig, 0, 25 * UNIT)]);
  if (there !== undefined) await rig.service.plant(Key, there);
  const path = rig.file("skipped", new SimulatedFile(bytes, rig.clock, rig.random));
  const skip = pick(rig.random, ["exists", "same"] as const);
  const client = rig.client({ memoryBudget: 1024 * UNIT });
  const outcome = await rig.clock.run(
    call(rig, { name: `upload (skip ${skip})`, keys: [Key], abortAfter: perhapsAbort(rig) }, (hooks) =>
      client.uploadFile({ Bucket: BUCKET, Key, Body: { path }, PartSize: 2, skip, ...hooks }),
    ),
  );
  await rig.clock.drain();
  const skipped = outcome.kind === "done" && outcome.value.skipped;
  if (skipped && skip === "same" && !same(there, bytes))
    rig.fail("an upload was skipped though the object is another");
  const sources = skipped && skip === "exists" && there !== undefined ? [there] : [bytes];
  await judge(rig, { key: Key, previous: there, sources, outcomes: [outcome], since: 1 });
};
