import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM_HOOK_MS, hasChromium } from "../fixtures/chromium.ts";
import { type BrowserRig, openBrowserRig } from "./browser-rig.ts";
import { KEYS, MiB, PLACE } from "./official-client.ts";

const SIZE = 5 * MiB;

describe.skipIf(!hasChromium)("the official SDK for browsers, under faults", () => {
  let rig: BrowserRig;
  beforeAll(async () => {
    rig = await openBrowserRig({ cors: true, faults: true });
  }, CHROMIUM_HOOK_MS);
  afterAll(() => rig.stop());

  /** Uploads a file in parts of 1 MiB, and says what became of it. */
  const upload = (Key: string, secretId = KEYS.secretId): Promise<{ status: number; isSame: boolean }> =>
    rig.page.evaluate(
      async ({ place, keys, size }) => {
        const sdk = new (cos.constructor as new (options: object) => typeof cos)({
          ...keys,
          ProgressInterval: 0,
        });
        const file = fileOf(size);
        const { statusCode } = await sdk.sliceUploadFile({ ...place, Body: file, ChunkSize: 1024 * 1024 });
        const { Body } = await sdk.getObject({ ...place, DataType: "blob" });
        const isSame = (await sha256(Body as unknown as Blob)) === (await sha256(file));
        return { status: statusCode ?? 0, isSame };
      },
      { place: { ...PLACE, Key }, keys: { SecretId: secretId, SecretKey: KEYS.secretKey }, size: SIZE },
    );

  test("repeats a part whose response is lost", async () => {
    rig.emulator.faults.install("lost", [
      { op: "UploadPart", match: { part: 2 }, when: "after-commit-before-response", fault: "reset" },
    ]);
    expect(await upload("lost", `${KEYS.secretId}@lost`)).toEqual({ status: 200, isSame: true });
    rig.emulator.faults.expectAllFired("lost");
  });

  test("uploads over a slow line", async () => {
    rig.emulator.link = { bytesPerSecond: 40 * MiB, latencyMs: 5, jitterMs: 5 };
    expect(await upload("slow")).toEqual({ status: 200, isSame: true });
    rig.emulator.link = undefined;
  });

  test("meets the same faults under the same seed", async () => {
    const rates = { error: 0.3, throttle: 0, slow: 0, corrupt: 0, lost: 0.2 };
    const run = async (): Promise<unknown[]> => {
      const replay = rig.emulator.replay(4, { rates, maxInARow: 1, operations: ["UploadPart"] });
      expect(await upload("seed")).toEqual({ status: 200, isSame: true });
      replay.stop();
      return replay
        .report()
        .faults.map(({ id, partNumber, fault }) => [id, partNumber, fault])
        .sort();
    };
    const first = await run();
    expect(first.length).toBeGreaterThan(0);
    expect(await run()).toEqual(first);
  });

  test("meets again what a recording has", async () => {
    rig.emulator.faults.install("default", [
      {
        op: "UploadPart",
        match: { part: 3 },
        when: "before-headers",
        fault: { kind: "status", status: 500 },
      },
    ]);
    const recording = rig.emulator.record();
    expect((await upload("recorded")).isSame).toBe(true);
    rig.emulator.faults.remove("default");
    const playback = rig.emulator.playBack(recording.stop());
    expect((await upload("recorded")).isSame).toBe(true);
    playback.expectAllPlayed();
    expect(playback.stop().played).toMatchObject([{ operation: "UploadPart", partNumber: 3 }]);
  });
});
