import { call } from "../simulation/call.ts";
import { judge } from "../simulation/oracle.ts";
import { pick } from "../simulation/pick.ts";
import { type Rig, UNIT } from "../simulation/rig.ts";
import { BUCKET } from "../simulation/service.ts";
import { track } from "../simulation/untracked-work.ts";
import { calmDown, content, perhapsAbort, type Scenario } from "./scenario.ts";
import { mustSucceed } from "./single-uploads.ts";

/** Copies inside the service, whole and in parts, the source sometimes replaced meanwhile. */
export const copies: Scenario = async (rig) => {
  const from = "copy/source";
  const Key = "copied/object";
  const client = rig.client();
  let source = content(rig, 1, 30 * UNIT);
  await rig.service.plant(from, source);
  let previous: Uint8Array | undefined = content(rig, 1, UNIT);
  await rig.service.plant(Key, previous);
  const last = rig.operations(1);
  for (let time = 0; time <= last; time += 1) {
    if (time === last) calmDown(rig);
    const replacement = time < last && rig.random.next() < 0.3 ? content(rig, 1, 30 * UNIT) : undefined;
    const disarm = replacement === undefined ? () => {} : replaceLater(rig, from, replacement);
    const since = rig.network.records.length + 1;
    const PartSize = pick(rig.random, [1, 2, 5, 64]);
    const shape = {
      name: `copy ${time}`,
      keys: [Key, from],
      abortAfter: time === last ? undefined : perhapsAbort(rig),
    };
    const outcome = await rig.clock.run(
      call(rig, shape, (hooks) =>
        client.copyObject({
          Bucket: BUCKET,
          Key,
          CopySource: { Bucket: BUCKET, Key: from, Region: "ap-guangzhou" },
          PartSize,
          MAXThread: pick(rig.random, [1, 4]),
          ...hooks,
        }),
      ),
    );
    disarm();
    await rig.clock.drain();
    if (time === last) mustSucceed(rig, outcome);
    const sources = replacement === undefined ? [source] : [source, replacement];
    previous = await judge(rig, { key: Key, previous, sources, outcomes: [outcome], since });
    source = Uint8Array.from((await rig.service.object(from))?.bytes ?? []);
  }
};

function replaceLater(rig: Rig, key: string, bytes: Uint8Array): () => void {
  let left = rig.random.between(1, 40);
  const listener = (): void => {
    left -= 1;
    if (left === 0) void track(rig.service.plant(key, bytes));
  };
  rig.network.listeners.add(listener);
  return () => rig.network.listeners.delete(listener);
}
