import type { CosClient, ObjectHeaders } from "@cosup/core";
import { type CallShape, call, type Hooks, type Outcome } from "../simulation/call.ts";
import { SimulatedFile } from "../simulation/file-input.ts";
import { pick } from "../simulation/pick.ts";
import { Rival } from "../simulation/rival.ts";
import { BUCKET } from "../simulation/service.ts";
import { UNIT, type World } from "../simulation/world.ts";
import { content, perhapsAbort, type Scenario } from "./scenario.ts";

const KEY = "shared/object";

/**
 * An upload beside a second writer, who has the very same bytes: it stores them under other headers or the same, in one
 * request or in parts, aborts our upload, or deletes the object, at any instant. A success must mean that the call
 * published the object or, without ForbidOverwrite, that an object carries everything the call asked for.
 */
export const secondWriter: Scenario = async (world) => {
  const asked = askedFor(world);
  const forbid = world.random.next() < 0.3;
  const inParts = world.random.next() < 0.7;
  const bytes = inParts ? content(world, 21 * UNIT, 26 * UNIT) : content(world, 1, 4 * UNIT);
  const path = world.file("shared", new SimulatedFile(bytes, world.clock, world.random));
  const rival = new Rival(world, KEY, bytes, headersOf(asked));
  if (world.random.next() < 0.4) await rival.act(pick(world.random, ["put", "parts"]));
  const checkpoints = world.random.next() < 0.5 ? world.checkpoints : undefined;
  const rounds = checkpoints === undefined ? 1 : world.operations(3);
  for (let round = 0; round < rounds; round += 1) {
    const client = world.client({ options: { maxAttempts: pick(world.random, [1, 3, 8]) } });
    const from = world.network.records.length + 1;
    const upload = (hooks: Hooks) =>
      client.uploadFile({
        Bucket: BUCKET,
        Key: KEY,
        Body: { path },
        PartSize: 4,
        checkpoints,
        ForbidOverwrite: forbid,
        ...asked,
        ...hooks,
      });
    const outcome = await beside(world, rival, `upload ${round}`, upload);
    // Requests of an earlier round may still arrive: they belong to a call that has failed.
    if (world.random.next() < 0.5) await world.clock.drain();
    judgeUpload(world, rival, outcome, forbid ? from : 1, forbid);
    if (outcome.kind === "done") break;
  }
  await world.clock.drain();
};

/** Appends beside a second writer, who appends the same bytes at the same position. */
export const secondAppender: Scenario = async (world) => {
  const before = content(world, 1, UNIT);
  const empty = world.random.next() < 0.5;
  if (!empty) await world.service.plantAppend(KEY, 0, before);
  const Position = empty ? 0 : before.length;
  const bytes = content(world, 1, UNIT);
  const rival = new Rival(world, KEY, bytes, {}, Position);
  const client: CosClient = world.client({ options: { maxAttempts: pick(world.random, [1, 3, 8]) } });
  const append = ({ signal }: Hooks) =>
    client.appendObject({ Bucket: BUCKET, Key: KEY, Position, Data: bytes, signal });
  const outcome = await beside(world, rival, "append", append, false);
  await world.clock.drain();
  if (outcome.kind !== "done") return;
  const ours = world.network.records.some(({ operation, committed }) => operation === "Append" && committed);
  if (!ours) world.fail("wrong acceptance: an append is a success, and another writer's is stored");
};

/** Makes a call while the second writer acts at a few instants of it. */
async function beside<T>(
  world: World,
  rival: Rival,
  name: string,
  work: (hooks: Hooks) => Promise<T>,
  counts = true,
): Promise<Outcome<T>> {
  const stop = rival.actDuring(world.random.between(0, 3));
  const shape: CallShape = { name, keys: [KEY], abortAfter: perhapsAbort(world), counts };
  const outcome = await world.clock.run(call(world, shape, work));
  stop();
  return outcome;
}

function judgeUpload(world: World, rival: Rival, outcome: Outcome, from: number, forbid: boolean): void {
  if (outcome.kind !== "done") return;
  const published = world.network.records.some(
    ({ ordinal, operation, committed, flipped }) =>
      ordinal >= from &&
      committed &&
      flipped === undefined &&
      (operation === "Put" || operation === "Complete"),
  );
  if (published || (!forbid && rival.hasCarriedAll)) return;
  world.fail(
    `wrong acceptance: ${forbid ? "under ForbidOverwrite, " : ""}no object was published by this call` +
      `${forbid ? "" : ", and none carried what it asked for"}`,
  );
}

/** What the call asks for: some of it HEAD shows, the rest nobody sees. */
function askedFor(world: World): ObjectHeaders {
  const chance = (share: number): boolean => world.random.next() < share;
  return {
    ...(chance(0.6) && { ContentType: "video/mp4" }),
    ...(chance(0.3) && { CacheControl: "max-age=60" }),
    ...(chance(0.3) && { Metadata: { "x-cos-meta-owner": "ours" } }),
    ...(chance(0.3) && { StorageClass: "ARCHIVE" }),
    ...(chance(0.3) && { ACL: "private" as const }),
    ...(chance(0.2) && { Tagging: "team=ours" }),
    ...(chance(0.2) && { headers: { "x-cos-server-side-encryption": "AES256" } }),
  };
}

/** The same as headers on the wire. */
function headersOf({
  ContentType,
  CacheControl,
  Metadata,
  StorageClass,
  ACL,
  Tagging,
  headers,
}: ObjectHeaders) {
  return {
    ...(ContentType !== undefined && { "content-type": ContentType }),
    ...(CacheControl !== undefined && { "cache-control": CacheControl }),
    ...Metadata,
    ...(StorageClass !== undefined && { "x-cos-storage-class": StorageClass }),
    ...(ACL !== undefined && { "x-cos-acl": ACL }),
    ...(Tagging !== undefined && { "x-cos-tagging": Tagging }),
    ...headers,
  };
}
