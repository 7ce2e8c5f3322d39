import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Rig, startRig, textIn } from "../rig.ts";

const KiB = 1024;
const LIMIT = 100 * KiB * 8;
const BODY = Buffer.alloc(1000 * KiB + 77, "x");

// Virtual time: each wait of the emulator moves its clock, and is counted.
let waitedMs = 0;
let longestMs = 0;
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({
    minPartSize: 1,
    sleep: async (ms) => {
      waitedMs += ms;
      longestMs = Math.max(longestMs, ms);
      rig.nowMs += ms;
    },
  });
  await rig.ask({ method: "PUT", path: "/stored", body: BODY });
});
afterAll(() => rig.stop());
beforeEach(() => {
  waitedMs = 0;
  longestMs = 0;
});

const limited = { "x-cos-traffic-limit": String(LIMIT) };

/** Whether bytes took the time that the limit gives them, within a tenth. */
function expectLimited(bytes: number, bitsPerSecond = LIMIT): void {
  const expectedMs = (bytes * 8 * 1000) / bitsPerSecond;
  expect(waitedMs).toBeGreaterThan(expectedMs * 0.9);
  expect(waitedMs).toBeLessThan(expectedMs * 1.1);
  expect(longestMs).toBeLessThanOrEqual(101);
}

describe("x-cos-traffic-limit", () => {
  test("limits PUT Object, from the header or the query", async () => {
    const put = await rig.ask({ method: "PUT", path: "/a", body: BODY, headers: limited });
    expect(put.status).toBe(200);
    expectLimited(BODY.length);
    waitedMs = 0;
    await rig.ask({ method: "PUT", path: "/a", body: BODY, query: limited });
    expectLimited(BODY.length);
    expect((await rig.ask({ method: "GET", path: "/a" })).bytes.equals(BODY)).toBe(true);
  });

  test("limits GET Object, also a range of it", async () => {
    const read = await rig.ask({ method: "GET", path: "/stored", headers: limited });
    expect(read.bytes.equals(BODY)).toBe(true);
    expectLimited(BODY.length);
    waitedMs = 0;
    const range = { range: `bytes=0-${200 * KiB - 1}` };
    await rig.ask({ method: "GET", path: "/stored", query: limited, headers: range });
    expectLimited(200 * KiB);
  });

  test("limits parts and appends", async () => {
    const started = await rig.ask({ method: "POST", path: "/parts", query: { uploads: "" } });
    const query = { partNumber: "1", uploadId: textIn(started.text, "UploadId") ?? "" };
    await rig.ask({ method: "PUT", path: "/parts", query, body: BODY, headers: limited });
    expectLimited(BODY.length);
    waitedMs = 0;
    const append = { append: "", position: "0" };
    await rig.ask({ method: "POST", path: "/log", query: append, body: BODY, headers: limited });
    expectLimited(BODY.length);
  });

  test("may be a thousand times as high", async () => {
    await rig.ask({
      method: "PUT",
      path: "/fast",
      body: BODY,
      headers: { "x-cos-traffic-limit": "838860800" },
    });
    expectLimited(BODY.length, 838_860_800);
  });

  test("limits nothing without the header, and nothing but bodies", async () => {
    await rig.ask({ method: "PUT", path: "/free", body: BODY });
    await rig.ask({ method: "GET", path: "/free" });
    await rig.ask({ method: "HEAD", path: "/free", headers: limited });
    expect(waitedMs).toBe(0);
  });

  test("holds on a clock that stands still", async () => {
    const { nowMs } = rig;
    const stopped = await startRig({
      sleep: async (ms) => {
        waitedMs += ms;
      },
    });
    try {
      await stopped.ask({ method: "PUT", path: "/a", body: BODY, headers: limited });
      expectLimited(BODY.length);
      expect(rig.nowMs).toBe(nowMs);
    } finally {
      await stopped.stop();
    }
  });
});
