import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { enqueueUploads } from "../src/jobs/enqueue.ts";
import { fleetReport, type ReportRow } from "../src/report/report.ts";
import { retryFailed } from "../src/report/retry-failed.ts";
import { fleetStatus } from "../src/report/status.ts";
import { type FleetRig, MIB, openFleetRig, smallEntries } from "./support/fleet-rig.ts";
import { denied } from "./support/memory-executors.ts";
import { hasRedis } from "./support/redis.ts";

describe.skipIf(!hasRedis)("status, report, retry", () => {
  let rig: FleetRig;
  beforeAll(async () => {
    rig = await openFleetRig();
  });
  afterAll(() => rig.close());
  const place = (run?: string) => ({ connection: rig.server.url, run });
  const report = async (run: string): Promise<ReportRow[]> => {
    const rows: ReportRow[] = [];
    for await (const row of fleetReport(place(run))) rows.push(row);
    return rows;
  };

  test("a run that Redis does not know is one line that says what to do", async () => {
    await expect(fleetStatus(place())).rejects.toMatchObject({ code: "run-unknown" });
    await expect(fleetStatus(place("other"))).rejects.toThrow(
      "Redis knows no run other: give the run that enqueue printed; if Redis has lost it, enqueue again with recover",
    );
    await expect(fleetStatus(place("a b"))).rejects.toThrow("run: must be 1 to 40 letters");
  });

  test("failures have reasons and no signature, and are tried again", async () => {
    const secret = "https://files.example.com/c.bin?X-Amz-Signature=topsecret";
    const entries = [
      ...smallEntries(3),
      { source: secret, key: "c.bin", size: 7 },
      { source: "/data/big", key: "big", size: 40 * MIB },
    ];
    rig.cos.failing.set("c.bin", denied());
    rig.cos.failing.set("big#2", denied());
    const { run } = await rig.enqueue(entries);
    expect(await fleetStatus(place())).toMatchObject({
      run,
      pendingJobs: 2,
      isFinished: false,
      isEnqueued: true,
    });
    await rig.worker();
    await rig.finished(run);
    expect(await fleetStatus(place(run))).toMatchObject({
      ...{ objects: 5, done: 3, failed: 2, pendingJobs: 0, isFinished: true, throttledForMs: 0 },
      workers: [expect.stringMatching(new RegExp(`:${process.pid}$`))],
    });
    const rows = await report(run);
    expect(JSON.stringify(rows)).not.toContain("topsecret");
    expect(
      rows.filter(({ type }) => type === "failed").sort((one) => (one.key === "c.bin" ? -1 : 1)),
    ).toEqual([
      {
        ...{ type: "failed", line: 4, key: "c.bin", source: "https://files.example.com/c.bin", attempts: 1 },
        ...{ code: "unexpected-response", message: "access was denied", hint: undefined },
      },
      {
        ...{ type: "failed", line: 5, key: "big", source: "/data/big", attempts: 1 },
        ...{ code: "unexpected-response", message: "access was denied", hint: undefined },
      },
    ]);
    rig.cos.failing.clear();
    expect(await retryFailed(place(run))).toEqual({ run, objects: 2 });
    await rig.finished(run);
    expect(await fleetStatus(place(run))).toMatchObject({ done: 5, failed: 0, isFinished: true });
    expect((await report(run)).map(({ type, key }) => `${type} ${key}`).sort()).toEqual([
      ...["object big", "object c.bin", "object small/000000", "object small/000001", "object small/000002"],
    ]);
  });

  test("a run whose enqueuing stopped says why, and is not the default where another one is there", async () => {
    const { run } = await rig.enqueue(smallEntries(1));
    async function* broken() {
      yield { line: 1, entry: { source: "/a", key: "a", size: 1 } };
      throw new Error("manifest line 2: not JSON");
    }
    const options = { connection: rig.server.url, bucket: "demo-1250000000", run: "stopped" };
    await expect(enqueueUploads(broken(), options)).rejects.toThrow("line 2");
    expect(await fleetStatus(place("stopped"))).toMatchObject({
      isEnqueued: false,
      enqueuingStopped: "manifest line 2: not JSON",
    });
    expect(await fleetStatus(place())).toMatchObject({ run });
    await rig.enqueue([{ source: "/a", key: "a", size: 1 }], { run: "stopped" });
    expect((await fleetStatus(place())).enqueuingStopped).toBeUndefined();
    expect(await fleetStatus(place())).toMatchObject({ run: "stopped", isEnqueued: true });
  });

  test("an upload whose worker was lost while it began it is reported", async () => {
    const { run } = await rig.enqueue(smallEntries(1));
    await rig.finished(run);
    // The worker of another test must not look at it meanwhile.
    const note = { object: "o9", key: "lost", sinceMs: 5, lookedMs: Date.now() + 3_600_000 };
    await rig.redis.hset(
      rig.ledger(run).keys.uploads,
      "o9:a",
      JSON.stringify({ ...note, suspects: ["u1", "u2"] }),
    );
    const row = { type: "upload", state: "unsure", key: "lost", sinceMs: 5 };
    const uploads = (await report(run)).filter(({ type }) => type === "upload");
    expect(uploads).toEqual([
      { ...row, uploadId: "u1", hint: "cosup uploads abort cos://demo-1250000000/lost --upload-id u1" },
      { ...row, uploadId: "u2", hint: "cosup uploads abort cos://demo-1250000000/lost --upload-id u2" },
    ]);
  });
});
