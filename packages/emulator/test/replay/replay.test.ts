import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type FiredFault,
  findFailure,
  type Replay,
  type ReplayOptions,
  type RunningEmulator,
  startEmulator,
} from "../../src/index.ts";

const BUCKET = "demo-1250000000";
let emulator: RunningEmulator;
beforeAll(async () => {
  emulator = await startEmulator({ anonymous: true, minPartSize: 1, sleep: async () => {} });
});
afterAll(() => emulator.close());

const at = (path: string): string => `${emulator.url}/${BUCKET}/${path}`;

/** Sends a request until it succeeds. A 200 without a request id is from a proxy. */
async function send(method: string, path: string, body?: string, attempts = 3): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(at(path), { method, ...(body === undefined ? {} : { body }) }).catch(
      () => {},
    );
    if (response?.ok && response.headers.has("x-cos-request-id")) return response;
    await response?.arrayBuffer().catch(() => {});
    if (attempt === attempts) throw new Error(`${method} ${path}: ${response?.status ?? "no response"}`);
  }
}

/** Stores some objects, all at once in the order that is given. */
async function store(keys: readonly string[]): Promise<void> {
  await Promise.all(keys.map((key) => send("PUT", key, `content of ${key}`)));
}

const KEYS = Array.from({ length: 40 }, (_, index) => `key-${index}`);

/** What a run of many puts meets, in the order of ids. */
async function facesOf(seed: number, keys: readonly string[], options?: ReplayOptions): Promise<unknown[]> {
  const replay = emulator.replay(seed, options);
  await store(keys);
  replay.stop();
  return replay
    .report()
    .faults.map(({ requestId: _, ...fault }) => fault)
    .sort((one, other) => one.id - other.id);
}

describe("replay", () => {
  test("is the same for the same seed, whatever the order of concurrent requests", async () => {
    const first = await facesOf(3, KEYS);
    expect(first.length).toBeGreaterThan(5);
    expect(await facesOf(3, [...KEYS].reverse())).toEqual(first);
    expect(await facesOf(4, KEYS)).not.toEqual(first);
  });

  test("repeats some of its faults", async () => {
    const all = (await facesOf(3, KEYS)) as FiredFault[];
    const some = all.filter((_, index) => index % 3 === 0 && all[index]?.attempt === 1);
    expect(some.length).toBeGreaterThan(1);
    expect(await facesOf(3, KEYS, { faults: some.map(({ id }) => id) })).toEqual(some);
    expect(await facesOf(3, KEYS, { faults: [] })).toEqual([]);
  });

  test("lets a client through that makes three attempts, also where every request meets a fault", async () => {
    const replay = emulator.replay(1, { rates: { error: 1, throttle: 0, slow: 0, corrupt: 0, lost: 0 } });
    await store(KEYS);
    const { faults, requests } = replay.report();
    expect(Math.max(...faults.map(({ attempt }) => attempt))).toBe(2);
    expect(requests).toBeGreaterThan(KEYS.length * 2);
    await expect(send("PUT", "other", "x", 2)).rejects.toThrow("PUT other");
    replay.stop();
  });

  test("keeps to some operations", async () => {
    const replay = emulator.replay(1, { rates: { error: 0.8 }, operations: ["HeadObject"] });
    for (const key of KEYS) await send("PUT", key, "x", 1);
    for (const key of KEYS) await fetch(at(key), { method: "HEAD" }).catch(() => {});
    expect(new Set(replay.report().faults.map(({ operation }) => operation))).toEqual(
      new Set(["HeadObject"]),
    );
    replay.stop();
  });

  test("describes what has fired, and how to repeat it", async () => {
    const replay = emulator.replay(3);
    await store(KEYS);
    const [first] = replay.report().faults;
    const text = replay.describe();
    expect(text).toContain(
      `seed 3: ${replay.report().faults.length} faults at ${replay.report().requests} requests`,
    );
    expect(text).toContain(
      `  ${first?.id}: PutObject "${first?.key}", attempt ${first?.attempt}: ${first?.fault.kind}`,
    );
    expect(text).toContain(`again: emulator.replay(3, { faults: [${first?.id}`);
    replay.stop();
  });

  test("ends with stop(), and a later one is not ended by that of an earlier one", async () => {
    const rates = { error: 1, throttle: 0, slow: 0, corrupt: 0, lost: 0 };
    const first = emulator.replay(1, { rates });
    const second = emulator.replay(1, { rates, maxInARow: 1 });
    first.stop();
    await expect(send("PUT", "a", "x", 1)).rejects.toThrow();
    expect(second.report().faults).toHaveLength(1);
    second.stop();
    await send("PUT", "b", "x", 1);
  });

  test("of a run is met by the requests that name it", async () => {
    const rates = { error: 1, throttle: 0, slow: 0, corrupt: 0, lost: 0 };
    const replay = emulator.replay(1, { rates, run: "mine" });
    await send("PUT", "a", "x", 1);
    const headers = { "x-cosup-run": "mine" };
    await fetch(at("a"), { method: "PUT", body: "x", headers }).catch(() => {});
    expect(replay.report()).toMatchObject({ run: "mine", requests: 1, faults: [{ key: "a" }] });
    expect(emulator.faults.receipt("mine")).toMatchObject({
      requests: 1,
      instructions: [{ fired: 1, requests: [{ key: "a", method: "PUT", at: expect.any(String) }] }],
    });
    replay.stop();
  });

  test.each<[string, unknown, unknown, string]>([
    ["no seed", undefined, {}, "seed"],
    ["half a seed", 1.5, {}, "seed"],
    ["a text", "1", {}, "seed"],
    ["an option", 1, { fault: [1] }, "options.fault"],
    ["faults", 1, { faults: 3 }, "options.faults"],
    ["a fault", 1, { faults: [3, "7"] }, "options.faults[1]"],
    ["a rate", 1, { rates: { errors: 1 } }, "options.rates.errors"],
    ["a share", 1, { rates: { error: 2 } }, "options.rates.error"],
    ["too many faults", 1, { rates: { error: 0.5, lost: 0.5 } }, "options.rates"],
    ["none in a row", 1, { maxInARow: 0 }, "options.maxInARow"],
    ["an operation", 1, { operations: ["Put"] }, "options.operations[0]"],
  ])("names what is wrong: %s", (_, seed, options, option) => {
    expect(() => emulator.replay(seed as number, options as ReplayOptions)).toThrow(
      expect.objectContaining({ option, message: expect.stringContaining("accepted: ") }),
    );
  });

  test("names a run that cannot be one", () => {
    expect(() => emulator.replay(1, { run: "a b" })).toThrow(/^run: must be/);
  });
});

describe("findFailure", () => {
  /** Fails where the response to a PUT is lost: it does not try again. */
  const fragile = async (): Promise<void> => {
    for (const key of KEYS.slice(0, 10)) await send("PUT", key, "x", 1);
  };

  test("finds a seed, and the one fault of it that is enough", async () => {
    const failure = await findFailure(emulator, fragile, { seeds: 5 });
    expect(failure?.faults).toHaveLength(1);
    const [fault] = failure?.report.faults ?? [];
    expect(String(failure?.error)).toContain(`PUT ${fault?.key}`);
    const replay = emulator.replay(failure?.seed ?? 0, { faults: failure?.faults ?? [] });
    await expect(fragile()).rejects.toThrow(`PUT ${fault?.key}`);
    replay.stop();
  });

  test("needs two faults where one is survived", async () => {
    const persistent = async (): Promise<void> => {
      for (const key of KEYS) await send("PUT", key, "x", 2);
    };
    const rates = { error: 0.5, throttle: 0, slow: 0, corrupt: 0, lost: 0 };
    const failure = await findFailure(emulator, persistent, { rates });
    expect(failure?.report.faults).toMatchObject([{ attempt: 1 }, { attempt: 2 }]);
  });

  test("returns undefined when nothing fails, and leaves data and requests as they were", async () => {
    await emulator.reset();
    await send("PUT", "kept", "x");
    let runs = 0;
    const seen: Replay[] = [];
    const failure = await findFailure(
      emulator,
      async () => {
        runs += 1;
        expect((await fetch(at("made"))).status).toBe(404);
        await send("PUT", "made", "x", 5);
      },
      { seeds: 3, operations: ["PutObject"] },
    );
    expect([failure, runs, seen.length]).toEqual([undefined, 3, 0]);
    expect((await fetch(at("made"))).status).toBe(404);
    expect((await fetch(at("kept"))).status).toBe(200);
  });

  test("names what is wrong", async () => {
    await expect(findFailure(emulator, fragile, { seeds: -1 })).rejects.toMatchObject({ option: "seeds" });
    await expect(findFailure(emulator, fragile, { rate: 1 } as never)).rejects.toMatchObject({
      option: "options.rate",
    });
  });
});

describe("the control API", () => {
  test("installs a seed, and reports what has fired", async () => {
    const controlled = await startEmulator({ anonymous: true, faults: true });
    const headers = { "x-cosup-token": controlled.controlToken };
    const control = async (method: string, body?: unknown) => {
      const url = `${controlled.url}/_cosup/faults/default`;
      const response = await fetch(url, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
      return [response.status, await response.json()];
    };
    const rates = { error: 1, throttle: 0, slow: 0, corrupt: 0, lost: 0 };
    expect(await control("PUT", { seed: 5, rates })).toEqual([
      200,
      { seed: 5, run: "default", requests: 0, faults: [] },
    ]);
    await fetch(`${controlled.url}/${BUCKET}/a`).catch(() => {});
    expect(await control("GET")).toMatchObject([
      200,
      { seed: 5, requests: 1, instructions: [{ fired: 1 }], faults: [{ key: "a", operation: "GetObject" }] },
    ]);
    expect(await control("PUT", { seed: 5, rate: 1 })).toMatchObject([400, { field: "options.rate" }]);
    expect(await control("PUT", { seed: "x" })).toMatchObject([400, { field: "seed" }]);
    await controlled.close();
  });
});
