import { Agent, request } from "node:https";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createEmulator, type Emulator, startEmulator } from "../../src/index.ts";
import { authorize, HOST, KEYS } from "../requests.ts";
import { BUCKET, type Rig, startRig } from "../rig.ts";
import { VirtualTime } from "./virtual-time.ts";

const KiB = 1024;
const RATE = 100 * KiB;
const BODY = Buffer.alloc(1000 * KiB + 77, "x");
/** Of a request and of a response. */
const MOST_HEAD_BYTES = 1000;

const time = new VirtualTime();
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ sleep: time.sleep, now: time.now, link: { bytesPerSecond: RATE } });
  await rig.ask({ method: "PUT", path: "/stored", body: BODY });
});
afterAll(() => rig.stop());
beforeEach(() => time.clear());

const put = (path: string, body: Uint8Array = BODY) => rig.ask({ method: "PUT", path, body });

/** Whether bytes and the heads of some requests took the time that the rate gives them. */
function expectPaced(bytes: number, requests = 1): void {
  expect(time.totalMs).toBeGreaterThanOrEqual((bytes * 1000) / RATE);
  // A wait is a whole number of milliseconds, for a piece of 50.
  const most = ((bytes + requests * 2 * MOST_HEAD_BYTES) * 1000) / RATE;
  expect(time.totalMs).toBeLessThan(most * 1.02);
}

describe("the rate of a link", () => {
  test("is that of a request, and none of its bytes is lost", async () => {
    expect((await put("/a")).status).toBe(200);
    expectPaced(BODY.length);
    expect((await rig.ask({ method: "GET", path: "/a" })).bytes.equals(BODY)).toBe(true);
  });

  test("is that of a response", async () => {
    const { bytes } = await rig.ask({ method: "GET", path: "/stored" });
    expect(bytes.equals(BODY)).toBe(true);
    expectPaced(BODY.length);
  });

  test("counts heads", async () => {
    for (let count = 0; count < 20; count += 1) await rig.ask({ method: "HEAD", path: "/stored" });
    // Each of them has some hundred bytes in each direction, and a signature.
    expect(time.totalMs).toBeGreaterThan((20 * 500 * 1000) / RATE);
    expectPaced(0, 20);
  });

  test("is shared by all connections, and has one timer for each direction", async () => {
    const bodies = Array.from({ length: 12 }, (_, index) =>
      put(`/shared-${index}`, BODY.subarray(0, 100 * KiB)),
    );
    expect((await Promise.all(bodies)).map(({ status }) => status)).toEqual(Array(12).fill(200));
    expectPaced(1200 * KiB, 12);
    // One for what arrives, one for what leaves.
    expect(time.most).toBeLessThanOrEqual(2);
  });

  test("may be too fast for a timer of its own for each piece", async () => {
    const fast = new VirtualTime();
    const rate = 1000 * 1024 * KiB;
    const other = await startRig({ sleep: fast.sleep, now: fast.now, link: { bytesPerSecond: rate } });
    await other.ask({ method: "PUT", path: "/a", body: Buffer.alloc(50_000 * KiB) });
    await other.stop();
    const expectedMs = (50_000 * KiB * 1000) / rate;
    expect(fast.totalMs).toBeGreaterThan(expectedMs * 0.9);
    // Whole milliseconds: each wait is up to one longer.
    expect(fast.totalMs).toBeLessThan(expectedMs * 2.1);
  });

  /** How long an upload takes with timers that are late by so many milliseconds, each or only the first. */
  async function timeWith(lateMs: readonly number[]): Promise<number> {
    const late = new VirtualTime();
    const left = [...lateMs];
    const sleep: typeof late.sleep = async (ms, gone) => {
      await late.sleep(ms, gone);
      late.nowMs += (left.length > 1 ? left.shift() : left[0]) ?? 0;
    };
    const other = await startRig({ sleep, now: late.now, link: { bytesPerSecond: RATE } });
    const began = late.nowMs;
    await other.ask({ method: "PUT", path: "/a", body: BODY });
    await other.stop();
    return late.nowMs - began;
  }

  test("is real when timers are late", async () => {
    const tookMs = await timeWith([20]);
    expect(tookMs).toBeGreaterThanOrEqual((BODY.length * 1000) / RATE - 50);
    expect(tookMs).toBeLessThan((BODY.length * 1000) / RATE + 200);
  });

  test("is not caught up after a long stall", async () => {
    expect(await timeWith([5000, 0])).toBeGreaterThanOrEqual(5000 + (BODY.length * 1000) / RATE - 200);
  });
});

// Without sockets, so that no input or output takes turns of the event loop, in which virtual time passes.
describe("the rate of a link, for requests at the same time", () => {
  const virtual = new VirtualTime();
  let emulator: Emulator;
  beforeAll(() => {
    const link = { bytesPerSecond: RATE };
    emulator = createEmulator({ anonymous: true, link, sleep: virtual.sleep, now: virtual.now });
  });
  afterAll(() => emulator.close());

  async function send(method: string, path: string, body = Buffer.alloc(0)): Promise<number> {
    async function* chunks(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < body.length; at += 64 * KiB) yield body.subarray(at, at + 64 * KiB);
    }
    const headers = { host: "127.0.0.1", "content-length": String(body.length) };
    const response = await emulator.handle({ method, target: path, headers, body: chunks() });
    if (typeof response.body !== "object") return response.status;
    for await (const _ of response.body) {
      // Only its time counts.
    }
    return response.status;
  }

  test("is that of each direction: an upload does not slow a download", async () => {
    await send("PUT", "/stored", BODY);
    virtual.clear();
    const began = virtual.nowMs;
    expect(await Promise.all([send("PUT", "/up", BODY), send("GET", "/stored")])).toEqual([200, 200]);
    expect(virtual.most).toBe(2);
    expect(virtual.nowMs - began).toBeLessThan((BODY.length * 1100) / RATE);
  });

  test("is shared evenly: a small request does not wait for a large one", async () => {
    const ended: string[] = [];
    const large = send("PUT", "/large", BODY).then(() => ended.push("large"));
    await send("PUT", "/small", BODY.subarray(0, 10 * KiB)).then(() => ended.push("small"));
    await large;
    expect(ended).toEqual(["small", "large"]);
  });
});

test("a link works with TLS", async () => {
  const secure = new VirtualTime();
  const options = { buckets: [BUCKET], credentials: [KEYS], tls: true, link: { bytesPerSecond: RATE } };
  const emulator = await startEmulator({ ...options, sleep: secure.sleep, now: secure.now });
  const agent = new Agent({ keepAlive: true, ca: emulator.ca });
  const ask = (method: string, body?: Buffer): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      const headers: Record<string, string> = { host: HOST };
      if (body) headers["content-length"] = String(body.length);
      const authorization = authorize({ method, path: "/a" }, headers, Math.floor(secure.nowMs / 1000));
      const place = { host: "127.0.0.1", port: emulator.port, path: "/a", agent };
      const sent = request({ ...place, method, headers: { ...headers, authorization } }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => resolve(Buffer.concat(chunks)));
      });
      sent.on("error", reject);
      sent.end(body);
    });
  await ask("PUT", BODY);
  expect((await ask("GET")).equals(BODY)).toBe(true);
  expect(secure.totalMs).toBeGreaterThanOrEqual((2 * BODY.length * 1000) / RATE);
  expect(secure.totalMs).toBeLessThan((2 * (BODY.length + 2 * MOST_HEAD_BYTES) * 1020) / RATE);
  agent.destroy();
  await emulator.close();
});
