import { call } from "../simulation/call.ts";
import { judge } from "../simulation/oracle.ts";
import { pick } from "../simulation/pick.ts";
import { BUCKET } from "../simulation/service.ts";
import { track } from "../simulation/untracked-work.ts";
import { UNIT, type World } from "../simulation/world.ts";
import { calmDown, content, perhapsAbort, type Scenario } from "./scenario.ts";
import { mustSucceed } from "./single-uploads.ts";

/** Copies inside the service, whole and in parts, the source sometimes replaced meanwhile. */
export const copies: Scenario = async (world) => {
  const from = "copy/source";
  const Key = "copied/object";
  const client = world.client();
  let source = content(world, 1, 30 * UNIT);
  await world.service.plant(from, source);
  let previous: Uint8Array | undefined = content(world, 1, UNIT);
  await world.service.plant(Key, previous);
  const last = world.operations(1);
  for (let time = 0; time <= last; time += 1) {
    if (time === last) calmDown(world);
    const replacement = time < last && world.random.next() < 0.3 ? content(world, 1, 30 * UNIT) : undefined;
    const disarm = replacement === undefined ? () => {} : replaceLater(world, from, replacement);
    const since = world.network.records.length + 1;
    const PartSize = pick(world.random, [1, 2, 5, 64]);
    const shape = {
      name: `copy ${time}`,
      keys: [Key, from],
      abortAfter: time === last ? undefined : perhapsAbort(world),
    };
    const outcome = await world.clock.run(
      call(world, shape, (hooks) =>
        client.copyObject({
          Bucket: BUCKET,
          Key,
          CopySource: { Bucket: BUCKET, Key: from, Region: "ap-guangzhou" },
          PartSize,
          MAXThread: pick(world.random, [1, 4]),
          ...hooks,
        }),
      ),
    );
    disarm();
    await world.clock.drain();
    if (time === last) mustSucceed(world, outcome);
    const sources = replacement === undefined ? [source] : [source, replacement];
    previous = await judge(world, { key: Key, previous, sources, outcomes: [outcome], since });
    source = Uint8Array.from((await world.service.object(from))?.bytes ?? []);
  }
};

function replaceLater(world: World, key: string, bytes: Uint8Array): () => void {
  let left = world.random.between(1, 40);
  const listener = (): void => {
    left -= 1;
    if (left === 0) void track(world.service.plant(key, bytes));
  };
  world.network.listeners.add(listener);
  return () => world.network.listeners.delete(listener);
}
