import { call } from "../simulation/call.ts";
import { SimulatedFile } from "../simulation/file-input.ts";
import { judge, same } from "../simulation/oracle.ts";
import { pick } from "../simulation/pick.ts";
import { BUCKET } from "../simulation/service.ts";
import { UNIT, type World } from "../simulation/world.ts";
import { content, perhapsAbort, type Scenario } from "./scenario.ts";

/** Plants uploads of somebody else: of this very key, with parts that would fit, some of them even equal. */
export async function plantForeign(
  world: World,
  Key: string,
  bytes: Uint8Array,
  partSize: number,
): Promise<string[]> {
  const parts = [bytes.slice(0, partSize), content(world, partSize, partSize).subarray(0, partSize)];
  return [
    await world.service.plantUpload(Key, parts),
    await world.service.plantUpload(Key, []),
    await world.service.plantUpload(`${Key}/other`, parts),
  ];
}

/** Somebody else's unfinished uploads of the same key stay as they are. */
export const besideForeign: Scenario = async (world) => {
  const Key = "neighbour/object";
  const bytes = content(world, 21 * UNIT, 40 * UNIT);
  const foreign = await plantForeign(world, Key, bytes, UNIT);
  world.foreign.push(...foreign);
  const path = world.file("neighbour", new SimulatedFile(bytes, world.clock, world.random));
  const checkpoints = world.random.next() < 0.5 ? world.checkpoints : undefined;
  const client = world.client();
  const outcome = await world.clock.run(
    call(world, { name: "upload", keys: [Key], abortAfter: perhapsAbort(world) }, (hooks) =>
      client.uploadFile({ Bucket: BUCKET, Key, Body: { path }, PartSize: 1, checkpoints, ...hooks }),
    ),
  );
  await world.clock.drain();
  await judge(world, { key: Key, previous: undefined, sources: [bytes], outcomes: [outcome], since: 1 });
  const touched = world.network.records.find(
    ({ uploadId }) => uploadId !== undefined && foreign.includes(uploadId),
  );
  if (touched !== undefined) world.fail(`${touched.operation} was sent about a foreign upload`);
};

/** Asked to, an upload goes on with what the service holds of the key: every part is compared first. */
export const adoption: Scenario = async (world) => {
  const Key = "adopted/object";
  const bytes = content(world, 21 * UNIT, 40 * UNIT);
  await world.service.plantUpload(Key, [bytes.slice(0, UNIT), content(world, UNIT, UNIT).subarray(0, UNIT)]);
  const path = world.file("adopted", new SimulatedFile(bytes, world.clock, world.random));
  const client = world.client();
  const outcome = await world.clock.run(
    call(world, { name: "upload", keys: [Key, ""], abortAfter: perhapsAbort(world) }, (hooks) =>
      client.uploadFile({ Bucket: BUCKET, Key, Body: { path }, PartSize: 1, resume: "server", ...hooks }),
    ),
  );
  await world.clock.drain();
  await judge(world, { key: Key, previous: undefined, sources: [bytes], outcomes: [outcome], since: 1 });
  // What it leaves for the next call is its own or the planted one; both are found again by listing.
  for (const { uploadId, key } of await world.service.uploads()) {
    if (key === Key) world.onWarning({ code: "orphan-upload", message: "kept for the next call", uploadId });
  }
};

/** `skip` believes nothing but the object itself. */
export const skips: Scenario = async (world) => {
  const Key = "skipped/object";
  const bytes = content(world, 0, 25 * UNIT);
  const nearly = bytes.map((byte, index) => (index === bytes.length >>> 1 ? byte ^ 1 : byte));
  const there = pick(world.random, [undefined, bytes, nearly, content(world, 0, 25 * UNIT)]);
  if (there !== undefined) await world.service.plant(Key, there);
  const path = world.file("skipped", new SimulatedFile(bytes, world.clock, world.random));
  const skip = pick(world.random, ["exists", "same"] as const);
  const client = world.client({ memoryBudget: 1024 * UNIT });
  const outcome = await world.clock.run(
    call(world, { name: `upload (skip ${skip})`, keys: [Key], abortAfter: perhapsAbort(world) }, (hooks) =>
      client.uploadFile({ Bucket: BUCKET, Key, Body: { path }, PartSize: 2, skip, ...hooks }),
    ),
  );
  await world.clock.drain();
  const skipped = outcome.kind === "done" && outcome.value.skipped;
  if (skipped && skip === "same" && !same(there, bytes))
    world.fail("an upload was skipped though the object is another");
  const sources = skipped && skip === "exists" && there !== undefined ? [there] : [bytes];
  await judge(world, { key: Key, previous: there, sources, outcomes: [outcome], since: 1 });
};
