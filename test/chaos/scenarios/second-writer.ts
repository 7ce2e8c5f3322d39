import type { CosClient, ObjectHeaders } from "@cosup/core";
import { type CallShape, call, type Hooks, type Outcome } from "../simulation/call.ts";
import { SimulatedFile } from "../simulation/file-input.ts";
import { pick } from "../simulation/pick.ts";
import { type Rig, UNIT } from "../simulation/rig.ts";
import { Rival } from "../simulation/rival.ts";
import { BUCKET } from "../simulation/service.ts";
import { content, perhapsAbort, type Scenario } from "./scenario.ts";

const KEY = "shared/object";

/**
 * An upload beside a second writer of the same bytes, who stores them with the same or other headers, in one
 * request or in parts, aborts our upload, or deletes the object, at any instant. A success must mean that the call
 * published the object or, without ForbidOverwrite, that the object has everything the call asked for.
 */
export const secondWriter: Scenario = async (rig) => {
  const asked = askedFor(rig);
  const forbid = rig.random.next() < 0.3;
  const inParts = rig.random.next() < 0.7;
  const bytes = inParts ? content(rig, 21 * UNIT, 26 * UNIT) : content(rig, 1, 4 * UNIT);
  const path = rig.file("shared", new SimulatedFile(bytes, rig.clock, rig.random));
  const rival = new Rival(rig, KEY, bytes, headersOf(asked));
  if (rig.random.next() < 0.4) await rival.act(pick(rig.random, ["put", "parts"]));
  const checkpoints = rig.random.next() < 0.5 ? rig.checkpoints : undefined;
  const rounds = checkpoints === undefined ? 1 : rig.operations(3);
  for (let round = 0; round < rounds; round += 1) {
    const client = rig.client({ options: { maxAttempts: pick(rig.random, [1, 3, 8]) } });
    const from = rig.network.records.length + 1;
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
    const outcome = await beside(rig, rival, `upload ${round}`, upload);
    // Requests of an earlier round may still arrive: they belong to a call that has failed.
    if (rig.random.next() < 0.5) await rig.clock.drain();
    judgeUpload(rig, rival, outcome, forbid ? from : 1, forbid);
    if (outcome.kind === "done") break;
  }
  await rig.clock.drain();
};

/** Appends while a second writer appends the same bytes at the same position. */
export const secondAppender: Scenario = async (rig) => {
  const before = content(rig, 1, UNIT);
  const empty = rig.random.next() < 0.5;
  if (!empty) await rig.service.plantAppend(KEY, 0, before);
  const Position = empty ? 0 : before.length;
  const bytes = content(rig, 1, UNIT);
  const rival = new Rival(rig, KEY, bytes, {}, Position);
  const client: CosClient = rig.client({ options: { maxAttempts: pick(rig.random, [1, 3, 8]) } });
  const append = ({ signal }: Hooks) =>
    client.appendObject({ Bucket: BUCKET, Key: KEY, Position, Data: bytes, signal });
  const outcome = await beside(rig, rival, "append", append, false);
  await rig.clock.drain();
  if (outcome.kind !== "done") return;
  const ours = rig.network.records.some(({ operation, committed }) => operation === "Append" && committed);
  if (!ours) rig.fail("false success: an append is a success, and another writer's is stored");
};

/** Makes a call while the second writer acts at a few instants of it. */
async function beside<T>(
  rig: Rig,
  rival: Rival,
  name: string,
  work: (hooks: Hooks) => Promise<T>,
  counts = true,
): Promise<Outcome<T>> {
  const stop = rival.actDuring(rig.random.between(0, 3));
  const shape: CallShape = { name, keys: [KEY], abortAfter: perhapsAbort(rig), counts };
  const outcome = await rig.clock.run(call(rig, shape, work));
  stop();
  return outcome;
}

function judgeUpload(rig: Rig, rival: Rival, outcome: Outcome, from: number, forbid: boolean): void {
  if (outcome.kind !== "done") return;
  const published = rig.network.records.some(
    ({ ordinal, operation, committed, flipped }) =>
      ordinal >= from &&
      committed &&
      flipped === undefined &&
      (operation === "Put" || operation === "Complete"),
  );
  if (published || (!forbid && rival.hasCarriedAll)) return;
  rig.fail(
    `false success: ${forbid ? "under ForbidOverwrite, " : ""}no object was published by this call` +
      `${forbid ? "" : ", and none carried what it asked for"}`,
  );
}

/** Headers of the call: HEAD returns some of them. */
function askedFor(rig: Rig): ObjectHeaders {
  const chance = (share: number): boolean => rig.random.next() < share;
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
