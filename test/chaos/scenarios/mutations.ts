import { call, type Outcome } from "../simulation/call.ts";
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
      return Buffer.concat([bytes, content(world, 1, 3 * UNIT)]);
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
      const index = world.random.between(0, Math.max(0, bytes.length - 1));
      edited[index] = (edited[index] ?? 0) ^ 0x55;
      return edited;
    }
  }
}

/** The file changes while it goes up, also between a failure and its resume: what is published was once its content. */
export const mutations: Scenario = async (world) => {
  const Key = "mutated/object";
  const previous = content(world, 1, UNIT);
  await world.service.plant(Key, previous);
  const file = new SimulatedFile(content(world, 2, 40 * UNIT), world.clock, world.random);
  const path = world.file("mutated", file);
  const checkpoints = world.random.next() < 0.6 ? world.checkpoints : undefined;
  const outcomes: Outcome[] = [];
  const last = world.operations(2);
  for (let round = 0; round <= last; round += 1) {
    if (round === last) {
      calmDown(world);
      await world.clock.drain();
    } else {
      const change = pick(world.random, CHANGES);
      world.clock.timer(world.random.between(1, 1500), () => file.replace(changed(world, file, change)));
    }
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
    outcomes.push(outcome);
  }
  await world.clock.drain();
  await judge(world, { key: Key, previous, sources: file.contents, outcomes, since: 1 });
};
