import type { BodyKind } from "../simulation/body.ts";
import { bodyOf, broken } from "../simulation/body.ts";
import { call, type Outcome } from "../simulation/call.ts";
import { judge } from "../simulation/oracle.ts";
import { pick } from "../simulation/pick.ts";
import { BUCKET } from "../simulation/service.ts";
import { UNIT, type World } from "../simulation/world.ts";
import { calmDown, content, perhapsAbort, type Scenario } from "./scenario.ts";

interface Sizes {
  readonly low: number;
  readonly high: number;
}

/** A few uploads to one key, one after the other, then one in calm weather that must succeed. */
function uploads(kinds: readonly BodyKind[], sizes: Sizes, times: number): Scenario {
  return async (world) => {
    const Key = "single/object";
    const client = world.client();
    let previous: Uint8Array | undefined;
    if (world.random.next() < 0.5) {
      previous = content(world, 1, 3 * UNIT);
      await world.service.plant(Key, previous);
    }
    const last = world.operations(times);
    for (let time = 0; time <= last; time += 1) {
      if (time === last) calmDown(world);
      const bytes = content(world, sizes.low, sizes.high);
      const since = world.network.records.length + 1;
      const body = bodyOf(world, bytes, pick(world.random, kinds));
      const shape = {
        name: `upload ${time}`,
        keys: [Key],
        abortAfter: time === last ? undefined : perhapsAbort(world),
      };
      const engine = {
        PartSize: pick(world.random, [undefined, 1, 2, 3, 5]),
        MAXThread: pick(world.random, [undefined, 1, 3, 8]),
        EnableMD5: world.random.next() < 0.5,
      };
      const asPut = world.random.next() < 0.3;
      const outcome = await world.clock.run(
        call(world, shape, (hooks) =>
          asPut
            ? client.putObject({ Bucket: BUCKET, Key, ...body, ...engine, ...hooks })
            : client.uploadFile({ Bucket: BUCKET, Key, ...body, ...engine, ...hooks }),
        ),
      );
      await world.clock.drain();
      if (time === last) mustSucceed(world, outcome);
      previous = await judge(world, { key: Key, previous, sources: [bytes], outcomes: [outcome], since });
    }
  };
}

export const smallPuts = uploads(["bytes", "file", "iterable", "stream"], { low: 0, high: 12 * UNIT }, 3);
export const filesInParts = uploads(["file"], { low: 21 * UNIT, high: 60 * UNIT }, 1);
export const streams = uploads(["iterable", "stream"], { low: 0, high: 40 * UNIT }, 1);

/** A stream that breaks off publishes nothing, however far it came. */
export const brokenStreams: Scenario = async (world) => {
  const Key = "broken/object";
  const previous = content(world, 1, 2 * UNIT);
  await world.service.plant(Key, previous);
  const bytes = content(world, 0, 20 * UNIT);
  const client = world.client();
  const since = world.network.records.length + 1;
  const outcome = await world.clock.run(
    call(
      world,
      { name: "upload of a broken stream", keys: [Key], abortAfter: perhapsAbort(world) },
      (hooks) =>
        client.uploadFile({ Bucket: BUCKET, Key, Body: broken(world, bytes), PartSize: 2, ...hooks }),
    ),
  );
  await world.clock.drain();
  if (outcome.kind === "done") world.fail("the upload of a stream that broke off succeeded");
  await judge(world, { key: Key, previous, sources: [], outcomes: [outcome], since });
};

export function mustSucceed(world: World, outcome: Outcome): void {
  if (outcome.kind === "failed") world.fail(`in calm weather: ${outcome.code}, ${outcome.error.message}`);
  if (outcome.kind === "aborted") world.fail("in calm weather: aborted");
}
