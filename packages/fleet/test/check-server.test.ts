import { createServer, type Server } from "node:net";
import { createCos } from "@cosup/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startWorker } from "../src/index.ts";
import { checkServer } from "../src/redis/check-server.ts";
import { connectRedis } from "../src/redis/connect.ts";
import { freePort, hasRedis, type RedisServer, startRedis } from "./support/redis.ts";

async function check(url: string): ReturnType<typeof checkServer> {
  const redis = await connectRedis(url, "test");
  try {
    return await checkServer(redis);
  } finally {
    redis.disconnect();
  }
}

test("a Redis that is not there is one line that says what to do, and shows no password", async () => {
  const port = await freePort();
  const failed = await connectRedis(`redis://user:hunter2@127.0.0.1:${port}`, "test").catch((error) => error);
  expect(failed.code).toBe("redis-unreachable");
  expect(failed.message).toBe(
    `Redis at 127.0.0.1:${port} cannot be used (connect ECONNREFUSED 127.0.0.1:${port}): start redis-server, or set the connection to where it runs`,
  );
  expect(JSON.stringify([failed.message, String(failed.cause)])).not.toContain("hunter2");
});

describe("a Redis that accepts connections and says nothing", () => {
  let server: Server;
  let url: string;
  beforeAll(async () => {
    const port = await freePort();
    server = createServer((socket) => void socket.on("error", () => {}));
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    url = `redis://127.0.0.1:${port}`;
  });
  afterAll(() => server.close());

  test("is an error that names its address", async () => {
    await expect(connectRedis(url, "test", 200)).rejects.toMatchObject({
      code: "redis-unreachable",
      message: expect.stringMatching(/^Redis at 127\.0\.0\.1:\d+ cannot be used \(no response for 0\.2 s\)/),
    });
  });

  test("does not keep a worker that is told to end", async () => {
    const cos = createCos({ Region: "ap-guangzhou", SecretId: "AKIDtestonly", SecretKey: "testonly" });
    const worker = startWorker({ connection: url, cos });
    const closed = expect(worker.close()).rejects.toThrow("closed before Redis had responded");
    await expect(worker.ready).rejects.toThrow("closed before Redis had responded");
    await closed;
    await cos.close();
  });
});

describe("a Redis that is too old", () => {
  let server: Server;
  let port: number;
  beforeAll(async () => {
    port = await freePort();
    const info = "# Server\r\nredis_version:6.0.16\r\nrun_id:x\r\nloading:0\r\n";
    server = createServer((socket) => {
      socket.on("data", (data) => {
        for (const command of String(data).match(/\r\n(info|client)\r\n/gi) ?? []) {
          socket.write(/info/i.test(command) ? `$${info.length}\r\n${info}\r\n` : "+OK\r\n");
        }
      });
      socket.on("error", () => {});
    });
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  });
  afterAll(() => server.close());

  test("is refused with the version that is needed", async () => {
    await expect(check(`redis://127.0.0.1:${port}`)).rejects.toMatchObject({
      code: "redis-version",
      message: "Redis 6.0.16 is too old: install Redis 6.2 or later",
    });
  });
});

describe.skipIf(!hasRedis)("settings of Redis", () => {
  let kept: RedisServer;
  let limited: RedisServer;
  beforeAll(async () => {
    kept = await startRedis();
    limited = await startRedis(["--maxmemory-policy", "volatile-lru"]);
  });
  afterAll(async () => {
    await kept.close();
    await limited.close();
  });

  test("an append-only file is without a warning", async () => {
    const { keepsEverything, warnings, serverId } = await check(kept.url);
    expect([keepsEverything, warnings, serverId.length]).toEqual([true, [], 40]);
  });

  test("a policy that may remove jobs is refused, with the setting that is needed", async () => {
    await expect(check(limited.url)).rejects.toMatchObject({
      code: "redis-eviction",
      message:
        "Redis may remove jobs when its memory is full (maxmemory-policy volatile-lru): set `maxmemory-policy noeviction` in redis.conf, and restart Redis or send it `CONFIG SET maxmemory-policy noeviction`",
    });
  });

  test("no append-only file is a warning that says what to set", async () => {
    const plain = await startRedis(["--appendonly", "no"]);
    try {
      const { keepsEverything, warnings } = await check(plain.url);
      expect([keepsEverything, warnings.length]).toEqual([false, 1]);
      expect(warnings[0]).toMatch(/set `appendonly yes` in redis\.conf .*--recover/);
    } finally {
      await plain.close();
    }
  });
});

test.each(["http://127.0.0.1:6379", "redis://127.0.0.1:6379/photos", "redis://", "redis://a b"])(
  "%s is no address of Redis",
  async (address) => {
    await expect(connectRedis(address, "test")).rejects.toMatchObject({
      name: "TypeError",
      message: "connection: must be redis://HOST:PORT/DATABASE, or rediss:// for TLS",
    });
  },
);
