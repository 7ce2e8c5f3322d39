import { call } from "../simulation/call.ts";
import { SimulatedFile } from "../simulation/file-input.ts";
import { judge } from "../simulation/oracle.ts";
import { pick } from "../simulation/pick.ts";
import { BUCKET } from "../simulation/service.ts";
import { UNIT, type World } from "../simulation/world.ts";
import { calmDown, content, perhapsAbort, type Scenario } from "./scenario.ts";
import { mustSucceed } from "./single-uploads.ts";

/** How a file changes under its upload. */
export const CHANGES = ["grown", "shrunk", "replaced", "edited"] as const;

export function changed(world: World, file: SimulatedFile, change: (typeof CHANGES)[number]): Uint8Array {
  const { bytes } = file;
  switch (change) {
    case "grown":
      return new Uint8Array(Buffer.concat([bytes, content(world, 1, 3 * UNIT)]));
    case "shrunk":
      return bytes.slice(0, Math.floor(bytes.length * world.random.next()));
    case "replaced": {
      const other = content(world, 1, 60 * UNIT);
      const same = new Uint8Array(bytes.length);
      for (let index = 0; index < same.length; index += 1) same[index] = other[index % other.length] ?? 0;
      return world.random.next() < 0.5 ? other : same;
    }
    default: {
      const edited = bytes.slice();
      // In many places, so that a mixture of old and new is neither.
      for (let index = world.random.between(0, 200); index < edited.length; index += 500) {
        edited[index] = (edited[index] ?? 0) ^ 0x55;
      }
      return edited;
    }
  }
}

/** The file changes while it goes up, also between a failure and its resume: what is published was once its content. */
export const mutations: Scenario = async (world) => {
  const Key = "mutated/object";
  let previous: Uint8Array | undefined = content(world, 1, UNIT);
  await world.service.plant(Key, previous);
  const file = new SimulatedFile(content(world, 2, 40 * UNIT), world.clock, world.random);
  const path = world.file("mutated", file);
  const checkpoints = world.random.next() < 0.6 ? world.checkpoints : undefined;
  const last = world.operations(2);
  for (let round = 0; round <= last; round += 1) {
    if (round === last) {
      calmDown(world);
    } else {
      const change = pick(world.random, CHANGES);
      world.clock.timer(world.random.between(1, 1500), () => file.replace(changed(world, file, change)));
    }
    const since = world.network.records.length + 1;
    const client = world.client({ options: { maxAttempts: pick(world.random, [2, 8]) } });
    const shape = {
      name: `round ${round}`,
      keys: [Key],
      abortAfter: round === last ? undefined : perhapsAbort(world),
    };
    const outcome = await world.clock.run(
      call(world, shape, (hooks) =>
        client.uploadFile({
          Bucket: BUCKET,
          Key,
          Body: { path },
          PartSize: 1,
          MAXThread: 3,
          checkpoints,
          ...hooks,
        }),
      ),
    );
    if (round === last) mustSucceed(world, outcome);
    await world.clock.drain();
    previous = await judge(world, { key: Key, previous, sources: file.contents, outcomes: [outcome], since });
  }
};
