import { describe, expect, test } from "vitest";
import {
  type Exchange,
  HangUp,
  type Middleware,
  type Recording,
  type RunningEmulator,
} from "../../src/index.ts";
import { crc64Of } from "./crc64-of.ts";
import { closeEmulators, start, status } from "./rig.ts";

closeEmulators();

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
