import type { Checkpoint } from "@cosup/core";
import { call, type Outcome } from "../simulation/call.ts";
import { SimulatedFile } from "../simulation/file-input.ts";
import { judge } from "../simulation/oracle.ts";
import { pick } from "../simulation/pick.ts";
import { BUCKET } from "../simulation/service.ts";
import { UNIT, type World } from "../simulation/world.ts";
import { calmDown, content, perhapsAbort, type Scenario } from "./scenario.ts";
import { mustSucceed } from "./single-uploads.ts";

const ROUNDS = 5;

/** Fails, is aborted, and goes on from its checkpoint, each time with a new client, until calm weather ends it. */
export const resumes: Scenario = async (world) => {
  const Key = "resumed/object";
  const previous = world.random.next() < 0.5 ? content(world, 1, 3 * UNIT) : undefined;
  if (previous !== undefined) await world.service.plant(Key, previous);
  const bytes = content(world, 21 * UNIT, 50 * UNIT);
  const immutable = world.random.next() < 0.3;
  const path = world.file("resumed", new SimulatedFile(bytes, world.clock, world.random, immutable));
  const PartSize = pick(world.random, [1, 2, 3]);
  if (world.random.next() < 0.15) world.checkpoints.failing = 0.3;
  const outcomes: Outcome[] = [];
  const since = world.network.records.length + 1;
  const last = world.operations(ROUNDS);
  for (let round = 0; round <= last; round += 1) {
    const calm = round === last;
    if (calm) {
      calmDown(world);
      world.checkpoints.failing = 0;
      await world.clock.drain();
    }
    const client = world.client({ options: { maxAttempts: calm ? 8 : pick(world.random, [1, 2, 3]) } });
    const before = acknowledged(world);
    const from = world.network.records.length + 1;
    const shape = {
      name: `round ${round}`,
      keys: [Key],
      // An upload whose lock cannot be taken does without checkpoints, and tells every part.
      paced: world.checkpoints.failing === 0,
      abortAfter: calm ? undefined : perhapsAbort(world, 120),
    };
    const outcome = await world.clock.run(
      call(world, shape, (hooks) =>
        client.uploadFile({
          Bucket: BUCKET,
          Key,
          Body: { path },
          PartSize,
          MAXThread: pick(world.random, [1, 3, 6]),
          checkpoints: world.checkpoints,
          ...hooks,
        }),
      ),
    );
    checkResent(world, before, from);
    if (calm) mustSucceed(world, outcome);
    outcomes.push(outcome);
    // What the round left on the wire arrives before the next one, or in the middle of it.
    if (world.random.next() < 0.5) await world.clock.drain();
    if (outcome.kind === "done") break;
  }
  await world.clock.drain();
  await judge(world, { key: Key, previous, sources: [bytes], outcomes, since });
};

/** The parts that checkpoints name, by upload. */
export function acknowledged(world: World): Map<string, Set<number>> {
  const parts = new Map<string, Set<number>>();
  for (const text of world.checkpoints.texts.values()) {
    const checkpoint: Checkpoint = JSON.parse(text);
    parts.set(checkpoint.UploadId, new Set(checkpoint.parts.map(({ partNumber }) => partNumber)));
  }
  return parts;
}

/** What COS has acknowledged is not sent again, unless the network has harmed it since. */
export function checkResent(
  world: World,
  before: ReadonlyMap<string, ReadonlySet<number>>,
  from: number,
): void {
  const { records } = world.network;
  for (const { ordinal, operation, uploadId = "", partNumber = 0 } of records) {
    if (ordinal < from || operation !== "UploadPart" || !before.get(uploadId)?.has(partNumber)) continue;
    const harmed = records.some(
      (record) =>
        record.flipped !== undefined && record.uploadId === uploadId && record.partNumber === partNumber,
    );
    if (!harmed) world.fail(`part ${partNumber} was acknowledged, and sent again (#${ordinal})`);
  }
}
