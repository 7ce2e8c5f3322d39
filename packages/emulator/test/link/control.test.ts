import { afterEach, describe, expect, test } from "vitest";
import { type RunningEmulator, type StartOptions, startEmulator } from "../../src/index.ts";
import { VirtualTime } from "./virtual-time.ts";

const LINK = { bytesPerSecond: 1000, latencyMs: 80, jitterMs: 20, seed: 3 };
const time = new VirtualTime();
let emulator: RunningEmulator;
afterEach(() => emulator.close());

async function start(options: StartOptions): Promise<void> {
  time.clear();
  emulator = await startEmulator({ sleep: time.sleep, now: time.now, ...options });
}

async function control(method: string, body?: unknown): Promise<{ status: number; json: unknown }> {
  const response = await fetch(`${emulator.url}/_cosup/link`, {
    method,
    headers: { "x-cosup-token": emulator.controlToken },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, json: text === "" ? undefined : JSON.parse(text) };
}

describe("/_cosup/link", () => {
  test("changes the link, and is not slowed by it", async () => {
    await start({ faults: true });
    expect(await control("GET")).toEqual({ status: 200, json: {} });
    expect(await control("PUT", LINK)).toEqual({ status: 200, json: LINK });
    expect(emulator.link).toEqual(LINK);
    expect(await control("GET")).toEqual({ status: 200, json: LINK });
    expect(time.waits).toEqual([]);
    await fetch(emulator.url);
    expect(time.waits.length).toBeGreaterThan(0);
    expect(await control("DELETE")).toEqual({ status: 204, json: undefined });
    expect(emulator.link).toBeUndefined();
  });

  test.each<[string, unknown, string]>([
    ["no JSON", "{", "not JSON"],
    ["null", "null", "link: is null; accepted: { bytesPerSecond"],
    ["a name", { latency: 5 }, "link.latency: is not known; accepted: bytesPerSecond, latencyMs"],
    ["a text", { latencyMs: "5" }, 'link.latencyMs: is "5"; accepted: milliseconds from 0 to 3600000'],
    ["half a byte", { bytesPerSecond: 0.5 }, "link.bytesPerSecond: is 0.5; accepted: a whole number"],
  ])("refuses %s, and leaves the link as it is", async (_, body, message) => {
    await start({ link: LINK });
    const refused = await control("PUT", body);
    expect(refused.status).toBe(400);
    expect((refused.json as { error: string }).error).toContain(message);
    expect(emulator.link).toEqual(LINK);
  });

  test("is there with a link or with faults, for the token only, and leaves the faults to faults", async () => {
    await start({ link: LINK });
    expect((await control("GET")).status).toBe(200);
    expect((await fetch(`${emulator.url}/_cosup/link`)).status).toBe(403);
    const headers = { "x-cosup-token": emulator.controlToken };
    expect((await fetch(`${emulator.url}/_cosup/faults/r`, { headers })).status).toBe(403);
    expect((await control("POST")).status).toBe(405);
    await emulator.close();
    await start({});
    expect((await control("GET")).status).toBe(403);
  });
});

describe("emulator.link", () => {
  test.each<[string, unknown, string]>([
    ["a number", 5, "link"],
    ["a rate of nothing", { bytesPerSecond: 0 }, "link.bytesPerSecond"],
    ["a time before", { latencyMs: -1 }, "link.latencyMs"],
    ["no number", { jitterMs: Number.NaN }, "link.jitterMs"],
    ["half a seed", { seed: 1.5 }, "link.seed"],
  ])("refuses %s, also as an option", async (_, link, option) => {
    await start({});
    expect(() => {
      emulator.link = link as never;
    }).toThrow(expect.objectContaining({ option }));
    expect(emulator.link).toBeUndefined();
    await expect(startEmulator({ link: link as never })).rejects.toMatchObject({ option });
  });

  test("does not change with the object that was given", async () => {
    const given = { latencyMs: 5 };
    await start({ link: given });
    given.latencyMs = 100;
    expect(emulator.link).toEqual({ latencyMs: 5 });
    expect(() => Object.assign(emulator.link ?? {}, { latencyMs: 7 })).toThrow(TypeError);
  });
});
