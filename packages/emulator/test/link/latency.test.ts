import { afterEach, describe, expect, test } from "vitest";
import { type Connection, createEmulator, type Emulator, type LinkOptions } from "../../src/index.ts";
import { VirtualTime } from "./virtual-time.ts";

let emulator: Emulator | undefined;
afterEach(async () => {
  await emulator?.close();
  emulator = undefined;
});

/** The waits of some requests, sent one after the other. */
async function waitsOf(
  link: LinkOptions,
  targets: readonly string[],
  connection?: Partial<Connection>,
): Promise<readonly number[]> {
  await emulator?.close();
  const time = new VirtualTime();
  emulator = createEmulator({ anonymous: true, link, sleep: time.sleep, now: time.now });
  for (const target of targets) {
    await emulator.handle({
      method: "HEAD",
      target,
      headers: { host: "127.0.0.1" },
      ...(connection && { connection: connection as Connection }),
    });
  }
  return time.waits;
}

describe("latency", () => {
  test("is that of each way", async () => {
    expect(await waitsOf({ latencyMs: 80 }, ["/a", "/b"])).toEqual([80, 80, 80, 80]);
  });

  test.each<[string, Partial<Connection>, number]>([
    ["a connection that is open", { earlierRequests: 3, tlsVersion: "1.3" }, 80],
    ["a new connection", { earlierRequests: 0, tlsVersion: undefined }, 240],
    ["a new connection with TLS", { earlierRequests: 0, tlsVersion: "1.3" }, 400],
  ])("of the first way over %s", async (_, connection, inMs) => {
    const { signal: gone } = new AbortController();
    expect(await waitsOf({ latencyMs: 80 }, ["/a"], { ...connection, gone })).toEqual([inMs, 80]);
  });
});

describe("jitter", () => {
  const KEYS = ["/a", "/b", "/c", "/a"];
  const LINK = { latencyMs: 100, jitterMs: 1000 };

  test("is between nothing and the most", async () => {
    const waits = await waitsOf(
      LINK,
      Array.from({ length: 100 }, (_, index) => `/${index}`),
    );
    expect(waits).toHaveLength(200);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(100);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1100);
    expect(Math.min(...waits)).toBeLessThan(200);
    expect(Math.max(...waits)).toBeGreaterThan(1000);
  });

  test("is the same for the same seed, and another one for another", async () => {
    const first = await waitsOf({ ...LINK, seed: 7 }, KEYS);
    expect(await waitsOf({ ...LINK, seed: 7 }, KEYS)).toEqual(first);
    expect(await waitsOf({ ...LINK, seed: 8 }, KEYS)).not.toEqual(first);
    // The two requests for one key are two attempts.
    expect(first.slice(0, 2)).not.toEqual(first.slice(6, 8));
  });

  test("does not depend on the order of requests", async () => {
    const sorted = async (keys: readonly string[]) => [...(await waitsOf(LINK, keys))].sort();
    expect(await sorted([...KEYS].reverse())).toEqual(await sorted(KEYS));
  });

  test("of a seed is the same in every version", async () => {
    expect(await waitsOf({ jitterMs: 1000 }, ["/a", "/b"])).toEqual([376, 164, 877, 389]);
  });
});
