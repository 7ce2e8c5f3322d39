import { createHash } from "node:crypto";
import { request } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import {
  type Exchange,
  HangUp,
  type Middleware,
  type Recording,
  type RunningEmulator,
  type StartOptions,
  startEmulator,
} from "../../src/index.ts";
import { authorize } from "../requests.ts";
import { crc64Of } from "./crc64-of.ts";

const BUCKET = "demo-1250000000";
const SECRET = "the-secret-of-the-key";
const TOKEN = "the-session-token";
const running: RunningEmulator[] = [];
afterEach(async () => {
  for (const emulator of running.splice(0)) await emulator.close();
});

async function start(options: StartOptions = {}): Promise<RunningEmulator> {
  const emulator = await startEmulator({
    anonymous: true,
    minPartSize: 1,
    sleep: async () => {},
    ...options,
  });
  running.push(emulator);
  return emulator;
}

const at = (emulator: RunningEmulator, path: string): string => `${emulator.url}/${BUCKET}/${path}`;

/** Sends a request, and returns its status; undefined: there was no response. */
async function status(
  emulator: RunningEmulator,
  method: string,
  path: string,
  body?: string,
  headers: Record<string, string> = {},
): Promise<number | undefined> {
  const response = await fetch(at(emulator, path), {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  }).catch(() => {});
  await response?.arrayBuffer().catch(() => {});
  return response?.status;
}

describe("a recording", () => {
  test("has requests and responses in their order, with bodies by length and CRC64", async () => {
    const emulator = await start();
    const recording = emulator.record();
    await status(emulator, "PUT", "a.txt", "hello", { "content-type": "text/plain", range: "bytes=0-1" });
    await status(emulator, "GET", "a.txt");
    await status(emulator, "GET", "none.txt");
    await status(emulator, "PUT", "a.txt", "hello again");
    const { version, exchanges } = recording.stop();
    expect(version).toBe(1);
    expect(exchanges).toMatchObject([
      {
        order: 1,
        attempt: 1,
        method: "PUT",
        operation: "PutObject",
        bucket: BUCKET,
        key: "a.txt",
        request: {
          headers: { "content-type": "text/plain", "content-length": "5", range: "bytes=0-1" },
          body: { bytes: 5, crc64: crc64Of("hello"), whole: true },
        },
        response: { status: 200, headers: { etag: '"5d41402abc4b2a76b9719d911017c592"' } },
        faults: [],
      },
      {
        order: 2,
        operation: "GetObject",
        response: { body: { bytes: 5, crc64: crc64Of("hello"), whole: true } },
      },
      { order: 3, key: "none.txt", response: { status: 404, code: "NoSuchKey" } },
      { order: 4, attempt: 2, operation: "PutObject", request: { body: { bytes: 11 } } },
    ]);
    expect(exchanges[0]?.response?.headers["x-cos-hash-crc64ecma"]).toBe(crc64Of("hello"));
  });

  test("begins and ends when it is told to, beside another one, and has no request to the control API", async () => {
    const emulator = await start({ faults: true });
    await status(emulator, "PUT", "before", "x");
    const long = emulator.record();
    await status(emulator, "PUT", "first", "x");
    const short = emulator.record();
    await fetch(`${emulator.url}/_cosup/faults/r`, { headers: { "x-cosup-token": emulator.controlToken } });
    await status(emulator, "PUT", "second", "x");
    const keys = ({ exchanges }: Recording): unknown[] => exchanges.map(({ key }) => key);
    expect(keys(short.stop())).toEqual(["second"]);
    await status(emulator, "PUT", "third", "x");
    expect(keys(long.recording())).toEqual(["first", "second", "third"]);
    expect(keys(long.stop())).toEqual(["first", "second", "third"]);
    await status(emulator, "PUT", "after", "x");
    expect(keys(short.recording())).toEqual(["second"]);
  });

  test("has the faults that fired, with their parameters", async () => {
    const emulator = await start({
      faults: [
        { op: "PutObject", when: "after-2-bytes-of-request", fault: "reset" },
        {
          op: "PutObject",
          when: "before-headers",
          fault: { kind: "status", code: "SlowDown", retryAfter: 3 },
        },
        { op: "GetObject", when: "before-accept", fault: { kind: "delay", ms: 5 } },
      ],
    });
    const recording = emulator.record();
    for (const body of ["hello", "hello", "hello"]) await status(emulator, "PUT", "a", body);
    await status(emulator, "GET", "a");
    expect(recording.stop().exchanges).toMatchObject([
      {
        response: { status: 503, code: "SlowDown", headers: { "retry-after": "3" } },
        faults: [{ when: "before-headers", fault: { kind: "status", code: "SlowDown", retryAfter: 3 } }],
      },
      { hungUp: "reset", faults: [{ when: "after-2-bytes-of-request", fault: { kind: "reset" } }] },
      { response: { status: 200 }, faults: [] },
      { response: { status: 200 }, faults: [{ when: "before-accept", fault: { kind: "delay", ms: 5 } }] },
    ]);
  });

  test("has no secret, token, signature, content or unknown header", async () => {
    const keys = { secretId: "AKIDrecorded", secretKey: SECRET, token: TOKEN };
    const rotated = { kind: "rotate-credentials", secretId: "AKIDnew", secretKey: `new-${SECRET}` } as const;
    const emulator = await start({
      anonymous: false,
      credentials: [keys],
      faults: [{ op: "PutObject", match: { nth: 2 }, when: "before-accept", fault: rotated }],
    });
    const recording = emulator.record();
    const customerKey = Buffer.alloc(32, "k").toString("base64");
    const send = async (key: string, query = ""): Promise<void> => {
      const headers: Record<string, string> = {
        host: `127.0.0.1:${emulator.port}`,
        "x-cos-security-token": TOKEN,
        "x-cos-meta-private": "private-metadata",
        "x-cos-server-side-encryption-customer-algorithm": "AES256",
        "x-cos-server-side-encryption-customer-key": customerKey,
        "x-cos-server-side-encryption-customer-key-MD5": createHash("md5")
          .update(Buffer.alloc(32, "k"))
          .digest("base64"),
        cookie: "session=cookie",
      };
      const sign = { secretId: keys.secretId, secretKey: keys.secretKey, path: `/${BUCKET}/${key}` };
      const path = `/${BUCKET}/${key}`;
      const authorization = authorize({ method: "PUT", path, sign }, headers, Math.floor(Date.now() / 1000));
      const { host: _, ...sent } = headers;
      await fetch(`${at(emulator, key)}${query}`, {
        method: "PUT",
        headers: { ...sent, authorization },
        body: "secret content",
      });
    };
    await send("a");
    await send("a");
    await send("b&q-sign-algorithm=sha1&q-ak=AKIDrecorded&q-signature=0123456789abcdef");
    await send("c", "?q-signature=0123456789abcdef&x-cos-security-token=the-session-token");
    const { exchanges } = recording.stop();
    expect(exchanges).toHaveLength(4);
    expect(exchanges[1]?.faults).toEqual([
      { when: "before-accept", fault: { kind: "rotate-credentials", secretId: "AKIDnew" } },
    ]);
    const text = JSON.stringify(exchanges);
    for (const secret of [
      SECRET,
      TOKEN,
      customerKey,
      "q-sign",
      "signature",
      "cookie",
      "secret content",
      "private-meta",
    ]) {
      expect([secret, text.includes(secret)]).toEqual([secret, false]);
    }
  });

  test("says that the client has left, and how far its body came", async () => {
    let arrived = (): void => {};
    const reading = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const emulator = await start({
      middleware: [
        (_call, next) => {
          arrived();
          return next();
        },
      ],
    });
    const recording = emulator.record();
    const ended = emulator.waitFor({ method: "PUT" });
    const headers = { "content-length": "1000" };
    const sent = request(at(emulator, "a"), { method: "PUT", headers, agent: false });
    sent.on("error", () => {});
    sent.write("0123456789");
    await reading;
    sent.destroy();
    await ended;
    expect(recording.stop().exchanges).toMatchObject([
      { abandoned: true, request: { body: { bytes: 10, whole: false } } },
    ]);
  });

  test("has the slow link at its beginning", async () => {
    const emulator = await start({ link: { latencyMs: 5 } });
    expect(emulator.record().stop()).toEqual({ version: 1, link: { latencyMs: 5 }, exchanges: [] });
  });
});

describe("playBack", () => {
  const JSON_COPY = <T>(value: T): T => JSON.parse(JSON.stringify(value));

  /** What a client sees of two puts, a get and a head, each tried twice. */
  async function faceOf(emulator: RunningEmulator): Promise<unknown[]> {
    const seen: unknown[] = [];
    for (const key of ["a", "b"]) {
      for (const method of ["PUT", "PUT", "GET", "HEAD"]) {
        seen.push(await status(emulator, method, key, method === "PUT" ? `content of ${key}` : undefined));
      }
    }
    return seen;
  }

  test("lets the same requests fail again, and the others succeed", async () => {
    const first = await start();
    const replay = first.replay(5, { rates: { error: 0.2, lost: 0.2, throttle: 0.1, slow: 0, corrupt: 0 } });
    const recording = first.record();
    const seen = await faceOf(first);
    expect(seen.filter((face) => face !== 200).length).toBeGreaterThan(1);
    expect(seen.filter((face) => face === 200).length).toBeGreaterThan(1);
    const recorded = JSON_COPY(recording.stop());
    replay.stop();

    const second = await start();
    const playback = second.playBack(recorded);
    expect(await faceOf(second)).toEqual(seen);
    playback.expectAllPlayed();
    const { played, missed, unknown, different } = playback.stop();
    expect(played.map(({ order }) => order)).toEqual(
      recorded.exchanges.filter(({ faults }) => faults.length > 0).map(({ order }) => order),
    );
    expect([missed, unknown, different]).toEqual([[], [], []]);
    expect(await faceOf(second)).toEqual(Array(8).fill(200));
  });

  test("repeats refusals and lost connections that no fault script made", async () => {
    const refusals: Middleware = async (call, next) => {
      if (call.key === "refused") return { status: 507, headers: {} };
      if (call.key === "lost") throw new HangUp("reset");
      return next();
    };
    const first = await start({ middleware: [refusals] });
    const recording = first.record();
    for (const key of ["refused", "lost", "fine"]) await status(first, "PUT", key, "x");
    await status(first, "GET", "none");
    const recorded = JSON_COPY(recording.stop());

    const second = await start();
    for (const key of ["none"]) await status(second, "PUT", key, "x");
    const playback = second.playBack(recorded);
    const seen: unknown[] = [];
    for (const key of ["refused", "lost", "fine"]) seen.push(await status(second, "PUT", key, "x"));
    seen.push(await status(second, "GET", "none"));
    expect(seen).toEqual([507, undefined, 200, 404]);
    expect(playback.stop().missed).toEqual([]);
  });

  test("says what has not come, what is unknown, and what is different", async () => {
    const first = await start({
      faults: [{ op: "PutObject", match: { key: "a" }, when: "before-headers", fault: "reset", times: 2 }],
    });
    const recording = first.record();
    await status(first, "PUT", "a", "x");
    await status(first, "PUT", "a", "x");
    await status(first, "PUT", "b", "x");
    const recorded = recording.stop();

    const second = await start();
    const playback = second.playBack(recorded);
    await status(second, "PUT", "a", "x");
    await status(second, "PUT", "b", "y");
    await status(second, "PUT", "c", "x");
    const { played, missed, unknown, different } = playback.report();
    const orders = (exchanges: readonly Exchange[]): unknown[] =>
      exchanges.map(({ key, attempt }) => [key, attempt]);
    expect(orders(played)).toEqual([["a", 1]]);
    expect(orders(missed)).toEqual([["a", 2]]);
    expect(orders(unknown)).toEqual([["c", 1]]);
    expect(different.map(({ recorded: { key }, now }) => [key, now.request.body?.crc64])).toEqual([
      ["b", crc64Of("y")],
    ]);
    expect(() => playback.expectAllPlayed()).toThrow('  [2] PutObject "a", attempt 2');
    await status(second, "PUT", "a", "x");
    playback.expectAllPlayed();
  });

  test("does not repeat that a client has left", async () => {
    const emulator = await start();
    const exchange: Exchange = {
      ...{ order: 1, atMs: 0, method: "PUT", operation: "PutObject", key: "a", attempt: 1, faults: [] },
      ...{ request: { headers: {} }, hungUp: "close", abandoned: true },
    };
    const playback = emulator.playBack({ version: 1, exchanges: [exchange] });
    expect(await status(emulator, "PUT", "a", "x")).toBe(200);
    expect(playback.stop().missed).toEqual([]);
  });

  test("applies to the requests of its run", async () => {
    const emulator = await start();
    const fault = { when: "before-headers", fault: { kind: "reset" } } as const;
    const exchange: Exchange = {
      ...{ order: 1, atMs: 0, method: "PUT", operation: "PutObject", key: "a", attempt: 1 },
      ...{ request: { headers: {} }, faults: [fault] },
    };
    const playback = emulator.playBack({ version: 1, exchanges: [exchange] }, { run: "mine" });
    expect(await status(emulator, "PUT", "a", "x")).toBe(200);
    expect(await status(emulator, "PUT", "a", "x", { "x-cosup-run": "mine" })).toBeUndefined();
    expect(emulator.faults.receipt("mine")).toMatchObject({ requests: 1, instructions: [{ fired: 1 }] });
    playback.stop();
    expect(await status(emulator, "PUT", "a", "x", { "x-cosup-run": "mine" })).toBe(200);
  });

  const EXCHANGE = { order: 1, method: "PUT", operation: "PutObject", attempt: 1, request: {}, faults: [] };
  const only = (exchange: object): object => ({
    version: 1,
    exchanges: [EXCHANGE, { ...EXCHANGE, ...exchange }],
  });
  test.each<[string, unknown, string]>([
    ["a path", "failure.json", "recording"],
    ["a later version", { version: 2, exchanges: [] }, "recording.version"],
    ["no exchanges", { version: 1 }, "recording.exchanges"],
    ["no exchange", { version: 1, exchanges: [5] }, "recording.exchanges[0]"],
    ["an operation", only({ operation: "Put" }), "recording.exchanges[1].operation"],
    ["an attempt", only({ attempt: 0 }), "recording.exchanges[1].attempt"],
    ["a fault of nothing", only({ faults: [{}] }), "recording.exchanges[1].faults[0].fault"],
    ["no faults", only({ faults: undefined }), "recording.exchanges[1].faults"],
    [
      "a fault",
      only({ faults: [{ when: "before-accept", fault: { kind: "x" } }] }),
      "recording.exchanges[1].faults[0]",
    ],
  ])("names what is wrong in a recording: %s", async (_, recording, path) => {
    const emulator = await start();
    expect(() => emulator.playBack(recording as Recording)).toThrow(
      new RegExp(`^${path.replaceAll(/[[\]]/g, "\\$&")}`),
    );
    expect(() => emulator.playBack({ version: 1, exchanges: [] }, { Run: "x" } as never)).toThrow("'run'");
  });
});
