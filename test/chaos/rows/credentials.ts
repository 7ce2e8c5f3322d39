import { ShortLived } from "../scenarios/credentials.ts";
import { content } from "../scenarios/scenario.ts";
import { mustSucceed } from "../scenarios/single-uploads.ts";
import { bodyOf } from "../simulation/body.ts";
import { call } from "../simulation/call.ts";
import { CALM } from "../simulation/fault.ts";
import { judge } from "../simulation/oracle.ts";
import { pick } from "../simulation/pick.ts";
import { UNIT } from "../simulation/rig.ts";
import { BUCKET } from "../simulation/service.ts";
import { type Row, scenarioRow } from "./row.ts";

const LOOPS = 8;

/** Eight uploads in parallel, credentials that expire every seven requests, a clock that is wrong by an hour. */
export const expiry: Row = scenarioRow(
  "credentials that expire every 7 requests",
  60,
  async (rig) => {
    const Key = "expiring/object";
    const lived = new ShortLived(rig, 7);
    const skewMs = pick(rig.random, [0, 3_600_000, -3_600_000]);
    const client = rig.client({ skewMs, options: { credentials: lived.provider } });
    const bytes = content(rig, 30 * UNIT, 60 * UNIT);
    const outcome = await rig.clock.run(
      call(rig, { name: "upload", keys: [Key] }, (hooks) =>
        client.uploadFile({
          Bucket: BUCKET,
          Key,
          PartSize: 1,
          MAXThread: LOOPS,
          ...bodyOf(rig, bytes, "file"),
          ...hooks,
        }),
      ),
    );
    await rig.clock.drain();
    mustSucceed(rig, outcome);
    await judge(rig, { key: Key, previous: undefined, sources: [bytes], outcomes: [outcome], since: 1 });
    if (lived.handedOut < 4) rig.fail("the credentials did not expire often enough to test anything");
    if (lived.mostWasted > LOOPS)
      rig.fail(`${lived.mostWasted} requests were wasted on one set of credentials`);
  },
  () => CALM,
);
