import type { ContractCase } from "./contract.ts";
import { MB, noise, streamOf } from "./fixtures/bytes.ts";
import { expectOnePut, expectParts, expectStored } from "./fixtures/stored.ts";

const LIMIT = 4 * MB;

export const cases: readonly ContractCase[] = [
  {
    name: "bandwidthLimit: one PUT takes as long as its bytes at the limit, and is stored whole",
    run: async (t, rig) => {
      const client = rig.createClient({ bandwidthLimit: LIMIT });
      const Key = rig.uniqueKey("paced");
      const bytes = noise(2 * MB + 1);
      const start = Date.now();
      expectOnePut(t, await client.putObject({ Bucket: rig.Bucket, Key, Body: bytes }), bytes);
      // Never faster; how much slower is the machine's affair. A body that goes as a whole does not wait for its own turn.
      const blocks = rig.runtime.pacesBodies === true;
      t.ok(!blocks || Date.now() - start >= 400, "half a second, less the first block");
      await expectStored(t, rig, Key, bytes);
    },
  },
  {
    name: "bandwidthLimit: parts and a tiny body are stored whole",
    run: async (t, rig) => {
      const client = rig.createClient({ bandwidthLimit: LIMIT });
      const Key = rig.uniqueKey("paced");
      const bytes = noise(3 * MB + 5);
      const Body = streamOf(bytes);
      expectParts(t, await client.uploadFile({ Bucket: rig.Bucket, Key, Body, PartSize: 1 }), bytes, 4);
      await expectStored(t, rig, Key, bytes);
      await client.putObject({ Bucket: rig.Bucket, Key, Body: "x" });
      t.equal((await client.headObject({ Bucket: rig.Bucket, Key })).ContentLength, 1, "ContentLength");
    },
  },
];
