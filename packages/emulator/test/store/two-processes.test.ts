import { once } from "node:events";
import { readdir, rm } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { textsIn } from "../rig.ts";
import { bundleEmulator, type ChildEmulators } from "./child-emulators.ts";

// The full number is 100: COSUP_KILL_ROUNDS=100 npm test -- packages/emulator/test/store/two-processes
const ROUNDS = Number(process.env.COSUP_KILL_ROUNDS ?? 8);

let emulators: ChildEmulators;
beforeAll(async () => {
  emulators = await bundleEmulator();
});
afterAll(() => emulators.stop());

/** Starts a PUT, and returns when its first bytes are in the data directory. */
async function beginPut(url: string, data: string, bytes: number) {
  const before = (await readdir(join(data, "data"))).length;
  const put = request(url, { method: "PUT", headers: { "content-length": bytes } });
  const response = once(put, "response");
  put.write(Buffer.alloc(1, "a"));
  while ((await readdir(join(data, "data"))).length === before) await new Promise(setImmediate);
  return {
    async end(): Promise<number> {
      put.end(Buffer.alloc(bytes - 1, "a"));
      const [message] = await response;
      message.resume();
      return message.statusCode;
    },
  };
}

describe("two processes and one data directory", () => {
  test("the second one does not start, and the body that the first one receives stays whole", async () => {
    const data = join(emulators.directory, "shared");
    const first = await emulators.start(data);
    const put = await beginPut(`${first.url}/slow`, data, 100_000);
    await expect(emulators.start(data)).rejects.toThrow(
      `DataInUseError: ${data} is in use by pid ${first.child.pid}`,
    );
    expect(await put.end()).toBe(200);
    expect(await (await fetch(`${first.url}/slow`)).text()).toBe("a".repeat(100_000));
    await first.kill();
  });

  test("a GET whose data is gone is a 500, not a 200 without a body", async () => {
    const data = join(emulators.directory, "gone");
    const { url, kill } = await emulators.start(data);
    await fetch(`${url}/k`, { method: "PUT", body: "hello" });
    for (const file of await readdir(join(data, "data"))) await rm(join(data, "data", file));
    const response = await fetch(`${url}/k`);
    expect(response.status).toBe(500);
    expect(textsIn(await response.text(), "Code")).toEqual(["InternalError"]);
    await kill();
  });

  test("of those that find a killed one, exactly one starts", async () => {
    const data = join(emulators.directory, "raced");
    for (let round = 0; round < 3; round++) {
      await (await emulators.start(data)).kill();
      const starts = await Promise.allSettled(Array.from({ length: 4 }, () => emulators.start(data)));
      const running = starts.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      expect(running.length).toBe(1);
      for (const one of starts) {
        if (one.status === "rejected") expect(one.reason.message).toContain("is in use by pid");
      }
      await running[0]?.kill();
    }
  });

  test(`${ROUNDS} rounds of SIGKILL and restart leave no lock and lose nothing`, async () => {
    const data = join(emulators.directory, "rounds");
    const acknowledged: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { url, kill } = await emulators.start(data);
      const listed = await allKeys(url);
      expect(acknowledged.filter((key) => !listed.has(key))).toEqual([]);
      for (const key of acknowledged.slice(-5)) {
        expect(await (await fetch(`${url}/${key}`)).text()).toBe(key.repeat(1000));
      }
      const writing = Array.from({ length: 3 }, (_, writer) => writeUntilGone(url, `${round}-${writer}`));
      await Promise.race(writing.map(({ first }) => first));
      await new Promise((resolve) => setTimeout(resolve, (round * 7) % 50));
      await kill();
      for (const { all } of writing) acknowledged.push(...(await all));
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(ROUNDS);
    const last = await emulators.start(data);
    const left = (await readdir(data)).filter((name) => name.startsWith("lock"));
    expect(left).toEqual(["lock"]);
    expect((await readdir(join(data, "lock"))).length).toBe(1);
    await last.kill();
  }, 600_000);
});

async function allKeys(url: string): Promise<Set<string>> {
  const keys = new Set<string>();
  let marker = "";
  do {
    const page = await (await fetch(`${url}?marker=${marker}`)).text();
    for (const key of textsIn(page, "Key")) keys.add(key);
    marker = textsIn(page, "NextMarker")[0] ?? "";
  } while (marker !== "");
  return keys;
}

/** Writes one object after another. `all` are the acknowledged keys, `first` waits for one of them. */
function writeUntilGone(url: string, prefix: string): { first: Promise<void>; all: Promise<string[]> } {
  const keys: string[] = [];
  let onFirst = (): void => {};
  const first = new Promise<void>((resolve) => {
    onFirst = resolve;
  });
  const write = async (): Promise<string[]> => {
    for (let n = 0; n < 30; n++) {
      const key = `${prefix}-${n}`;
      try {
        const put = await fetch(`${url}/${key}`, { method: "PUT", body: key.repeat(1000) });
        if (!put.ok) return keys;
      } catch {
        return keys;
      }
      keys.push(key);
      onFirst();
    }
    return keys;
  };
  return { first, all: write() };
}
