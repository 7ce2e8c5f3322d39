import { ShortLived } from "../scenarios/credentials.ts";
import { content } from "../scenarios/scenario.ts";
import { mustSucceed } from "../scenarios/single-uploads.ts";
import { bodyOf } from "../simulation/body.ts";
import { call } from "../simulation/call.ts";
import { CALM } from "../simulation/fault.ts";
import { judge } from "../simulation/oracle.ts";
import { pick } from "../simulation/pick.ts";
import { BUCKET } from "../simulation/service.ts";
import { UNIT } from "../simulation/world.ts";
import { type Row, scenarioRow } from "./row.ts";

const LOOPS = 8;

/** A18: eight loops, credentials that run out every seven requests, a clock that is an hour off. */
export const expiry: Row = scenarioRow(
  "credentials that expire every 7 requests",
  60,
  async (world) => {
    const Key = "expiring/object";
    const lived = new ShortLived(world, 7);
    const skewMs = pick(world.random, [0, 3_600_000, -3_600_000]);
    const client = world.client({ skewMs, options: { credentials: lived.provider } });
    const bytes = content(world, 30 * UNIT, 60 * UNIT);
    const outcome = await world.clock.run(
      call(world, { name: "upload", keys: [Key] }, (hooks) =>
        client.uploadFile({
          Bucket: BUCKET,
          Key,
          PartSize: 1,
          MAXThread: LOOPS,
          ...bodyOf(world, bytes, "file"),
          ...hooks,
        }),
      ),
    );
    await world.clock.drain();
    mustSucceed(world, outcome);
    await judge(world, { key: Key, previous: undefined, sources: [bytes], outcomes: [outcome], since: 1 });
    if (lived.handedOut < 4) world.fail("the credentials did not expire often enough to test anything");
    if (lived.mostWasted > LOOPS)
      world.fail(`${lived.mostWasted} requests were wasted on one set of credentials`);
  },
  () => CALM,
);
