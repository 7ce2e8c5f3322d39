import { call } from "../simulation/call.ts";
import { SimulatedFile } from "../simulation/file-input.ts";
import { judge } from "../simulation/oracle.ts";
import { pick } from "../simulation/pick.ts";
import { type Rig, UNIT } from "../simulation/rig.ts";
import { BUCKET } from "../simulation/service.ts";
import { calmDown, content, perhapsAbort, type Scenario } from "./scenario.ts";
import { mustSucceed } from "./single-uploads.ts";

/** How a file changes under its upload. */
export const CHANGES = ["grown", "shrunk", "replaced", "edited"] as const;

export function changed(rig: Rig, file: SimulatedFile, change: (typeof CHANGES)[number]): Uint8Array {
  const { bytes } = file;
  switch (change) {
    case "grown":
      return new Uint8Array(Buffer.concat([bytes, content(rig, 1, 3 * UNIT)]));
    case "shrunk":
      return bytes.slice(0, Math.floor(bytes.length * rig.random.next()));
    case "replaced": {
      const other = content(rig, 1, 60 * UNIT);
      const same = new Uint8Array(bytes.length);
      for (let index = 0; index < same.length; index += 1) same[index] = other[index % other.length] ?? 0;
      return rig.random.next() < 0.5 ? other : same;
    }
    default: {
      const edited = bytes.slice();
      // Changes many places, so that a mixture of old and new content differs from both.
      for (let index = rig.random.between(0, 200); index < edited.length; index += 500) {
        edited[index] = (edited[index] ?? 0) ^ 0x55;
      }
      return edited;
    }
  }
}

/**
 * The file changes during its upload, also between a failure and its resume. A published object equals one of its
 * contents.
 */
export const mutations: Scenario = async (rig) => {
  const Key = "mutated/object";
  let previous: Uint8Array | undefined = content(rig, 1, UNIT);
  await rig.service.plant(Key, previous);
  const file = new SimulatedFile(content(rig, 2, 40 * UNIT), rig.clock, rig.random);
  const path = rig.file("mutated", file);
  const checkpoints = rig.random.next() < 0.6 ? rig.checkpoints : undefined;
  const last = rig.operations(2);
  for (let round = 0; round <= last; round += 1) {
    if (round === last) {
      calmDown(rig);
    } else {
      const change = pick(rig.random, CHANGES);
      rig.clock.timer(rig.random.between(1, 1500), () => file.replace(changed(rig, file, change)));
    }
    const since = rig.network.records.length + 1;
    const client = rig.client({ options: { maxAttempts: pick(rig.random, [2, 8]) } });
    const shape = {
      name: `round ${round}`,
      keys: [Key],
      abortAfter: round === last ? undefined : perhapsAbort(rig),
    };
    const outcome = await rig.clock.run(
      call(rig, shape, (hooks) =>
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
    if (round === last) mustSucceed(rig, outcome);
    await rig.clock.drain();
    previous = await judge(rig, { key: Key, previous, sources: file.contents, outcomes: [outcome], since });
  }
};
