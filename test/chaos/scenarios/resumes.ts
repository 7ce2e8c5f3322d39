import type { Checkpoint } from "@cosup/core";
import { call, type Outcome } from "../simulation/call.ts";
import { SimulatedFile } from "../simulation/file-input.ts";
import { judge } from "../simulation/oracle.ts";
import { pick } from "../simulation/pick.ts";
import { type Rig, UNIT } from "../simulation/rig.ts";
import { BUCKET } from "../simulation/service.ts";
import { calmDown, content, perhapsAbort, type Scenario } from "./scenario.ts";
import { mustSucceed } from "./single-uploads.ts";

const ROUNDS = 5;

/**
 * Fails, is aborted, and resumes from its checkpoint, each time with a new client, until a run without faults completes
 * it.
 */
export const resumes: Scenario = async (rig) => {
  const Key = "resumed/object";
  const previous = rig.random.next() < 0.5 ? content(rig, 1, 3 * UNIT) : undefined;
  if (previous !== undefined) await rig.service.plant(Key, previous);
  const bytes = content(rig, 21 * UNIT, 50 * UNIT);
  const immutable = rig.random.next() < 0.3;
  const path = rig.file("resumed", new SimulatedFile(bytes, rig.clock, rig.random, immutable));
  const PartSize = pick(rig.random, [1, 2, 3]);
  if (rig.random.next() < 0.15) rig.checkpoints.failing = 0.3;
  const outcomes: Outcome[] = [];
  const since = rig.network.records.length + 1;
  const last = rig.operations(ROUNDS);
  for (let round = 0; round <= last; round += 1) {
    const calm = round === last;
    if (calm) {
      calmDown(rig);
      rig.checkpoints.failing = 0;
      await rig.clock.drain();
    }
    const client = rig.client({ options: { maxAttempts: calm ? 8 : pick(rig.random, [1, 2, 3]) } });
    const before = acknowledged(rig);
    const from = rig.network.records.length + 1;
    const shape = {
      name: `round ${round}`,
      keys: [Key],
      // An upload that cannot take its lock runs without checkpoints, and reports every part.
      paced: rig.checkpoints.failing === 0,
      abortAfter: calm ? undefined : perhapsAbort(rig, 120),
    };
    const outcome = await rig.clock.run(
      call(rig, shape, (hooks) =>
        client.uploadFile({
          Bucket: BUCKET,
          Key,
          Body: { path },
          PartSize,
          MAXThread: pick(rig.random, [1, 3, 6]),
          checkpoints: rig.checkpoints,
          ...hooks,
        }),
      ),
    );
    checkResent(rig, before, from);
    if (calm) mustSucceed(rig, outcome);
    outcomes.push(outcome);
    // Requests left on the wire arrive before the next round or during it.
    if (rig.random.next() < 0.5) await rig.clock.drain();
    if (outcome.kind === "done") break;
  }
  await rig.clock.drain();
  await judge(rig, { key: Key, previous, sources: [bytes], outcomes, since });
};

/** The parts that checkpoints name, by upload. */
export function acknowledged(rig: Rig): Map<string, Set<number>> {
  const parts = new Map<string, Set<number>>();
  for (const text of rig.checkpoints.texts.values()) {
    const checkpoint: Checkpoint = JSON.parse(text);
    parts.set(checkpoint.UploadId, new Set(checkpoint.parts.map(({ partNumber }) => partNumber)));
  }
  return parts;
}

/** An acknowledged part is not sent again unless a fault changed it. */
export function checkResent(rig: Rig, before: ReadonlyMap<string, ReadonlySet<number>>, from: number): void {
  const { records } = rig.network;
  for (const { ordinal, operation, uploadId = "", partNumber = 0 } of records) {
    if (ordinal < from || operation !== "UploadPart" || !before.get(uploadId)?.has(partNumber)) continue;
    const harmed = records.some(
      (record) =>
        record.flipped !== undefined && record.uploadId === uploadId && record.partNumber === partNumber,
    );
    if (!harmed) rig.fail(`part ${partNumber} was acknowledged, and sent again (#${ordinal})`);
  }
}
