import type { BodyKind } from "../simulation/body.ts";
import { bodyOf, broken } from "../simulation/body.ts";
import { call, type Outcome } from "../simulation/call.ts";
import { judge } from "../simulation/oracle.ts";
import { pick } from "../simulation/pick.ts";
import { type Rig, UNIT } from "../simulation/rig.ts";
import { BUCKET } from "../simulation/service.ts";
import { calmDown, content, perhapsAbort, type Scenario } from "./scenario.ts";

interface Sizes {
  readonly low: number;
  readonly high: number;
}

/** A few uploads to one key, one after the other, then one without faults that must succeed. */
function uploads(kinds: readonly BodyKind[], sizes: Sizes, times: number): Scenario {
  return async (rig) => {
    const Key = "single/object";
    const client = rig.client();
    let previous: Uint8Array | undefined;
    if (rig.random.next() < 0.5) {
      previous = content(rig, 1, 3 * UNIT);
      await rig.service.plant(Key, previous);
    }
    const last = rig.operations(times);
    for (let time = 0; time <= last; time += 1) {
      if (time === last) calmDown(rig);
      const bytes = content(rig, sizes.low, sizes.high);
      const since = rig.network.records.length + 1;
      const body = bodyOf(rig, bytes, pick(rig.random, kinds));
      const shape = {
        name: `upload ${time}`,
        keys: [Key],
        abortAfter: time === last ? undefined : perhapsAbort(rig),
      };
      const engine = {
        PartSize: pick(rig.random, [undefined, 1, 2, 3, 5]),
        MAXThread: pick(rig.random, [undefined, 1, 3, 8]),
        EnableMD5: rig.random.next() < 0.5,
      };
      const asPut = rig.random.next() < 0.3;
      const outcome = await rig.clock.run(
        call(rig, shape, (hooks) =>
          asPut
            ? client.putObject({ Bucket: BUCKET, Key, ...body, ...engine, ...hooks })
            : client.uploadFile({ Bucket: BUCKET, Key, ...body, ...engine, ...hooks }),
        ),
      );
      await rig.clock.drain();
      if (time === last) mustSucceed(rig, outcome);
      previous = await judge(rig, { key: Key, previous, sources: [bytes], outcomes: [outcome], since });
    }
  };
}

export const smallPuts = uploads(["bytes", "file", "iterable", "stream"], { low: 0, high: 12 * UNIT }, 3);
export const filesInParts = uploads(["file"], { low: 21 * UNIT, high: 60 * UNIT }, 1);
export const streams = uploads(["iterable", "stream"], { low: 0, high: 40 * UNIT }, 1);

/** A stream that fails publishes nothing, at any position. */
export const brokenStreams: Scenario = async (rig) => {
  const Key = "broken/object";
  const previous = content(rig, 1, 2 * UNIT);
  await rig.service.plant(Key, previous);
  const bytes = content(rig, 0, 20 * UNIT);
  const client = rig.client();
  const since = rig.network.records.length + 1;
  const outcome = await rig.clock.run(
    call(rig, { name: "upload of a broken stream", keys: [Key], abortAfter: perhapsAbort(rig) }, (hooks) =>
      client.uploadFile({ Bucket: BUCKET, Key, Body: broken(rig, bytes), PartSize: 2, ...hooks }),
    ),
  );
  await rig.clock.drain();
  if (outcome.kind === "done") rig.fail("the upload of a stream that broke off succeeded");
  await judge(rig, { key: Key, previous, sources: [], outcomes: [outcome], since });
};

export function mustSucceed(rig: Rig, outcome: Outcome): void {
  if (outcome.kind === "failed") rig.fail(`in calm weather: ${outcome.code}, ${outcome.error.message}`);
  if (outcome.kind === "aborted") rig.fail("in calm weather: aborted");
}
