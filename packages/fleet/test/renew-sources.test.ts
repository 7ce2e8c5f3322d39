import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TransferError } from "../src/errors.ts";
import type { ManifestEntry } from "../src/manifest/entry.ts";
import { retryFailed } from "../src/report/retry-failed.ts";
import { type FleetRig, MIB, openFleetRig } from "./support/fleet-rig.ts";
import { hasRedis } from "./support/redis.ts";

/** Five small objects in two batches, and a large one. */
const manifest = (query: string, path = ""): ManifestEntry[] =>
  [1, 1, 1, 32 * MIB, 1, 1].map((size, index) => {
    return { source: `https://files.example.com/${path}${index}?${query}`, key: `k${index}`, size };
  });
const options = { run: "presigned", batchObjects: 3 };

describe.skipIf(!hasRedis)("presigned URLs that have expired", () => {
  let rig: FleetRig;
  beforeAll(async () => {
    rig = await openFleetRig();
    const { executors } = rig.cos;
    const { transferSmall, initiateLarge } = executors;
    const requireNew = ({ source }: ManifestEntry): void => {
      if (!source.endsWith("?new"))
        throw new TransferError("expired", { code: "source-refused", retryable: false });
    };
    executors.transferSmall = async (context, entry, how) => {
      requireNew(entry);
      return transferSmall(context, entry, how);
    };
    executors.initiateLarge = async (context, entry, facts) => {
      requireNew(entry);
      return initiateLarge(context, entry, facts);
    };
  });
  afterAll(() => rig.close());

  test("are those of the manifest that was made again, where they have failed", async () => {
    await rig.enqueue(manifest("old"), options);
    await rig.worker();
    await rig.finished(options.run);
    expect((await rig.failures(options.run)).map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6]);

    expect(await rig.enqueue(manifest("new"), options)).toMatchObject({ objects: 6, jobs: 0 });
    expect(await retryFailed({ connection: rig.server.url, run: options.run })).toMatchObject({ objects: 6 });
    await rig.finished(options.run);
    expect(await rig.failures(options.run)).toEqual([]);
    expect(await rig.results(options.run)).toHaveLength(6);
  });

  test("are those of the manifest that was made again while all of it waits", async () => {
    const run = "waiting";
    await rig.enqueue(manifest("old"), { ...options, run, queue: "later" });
    await rig.enqueue(manifest("new"), { ...options, run, queue: "later" });
    await rig.worker("later");
    await rig.finished(run);
    expect(await rig.failures(run)).toEqual([]);
    expect(await rig.results(run)).toHaveLength(6);
  });

  test("are no reason for another path", async () => {
    const other = rig.enqueue(manifest("new", "other/"), options);
    await expect(other).rejects.toMatchObject({ code: "manifest-changed" });
  });
});
