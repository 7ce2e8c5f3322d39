import { describe, expect, test } from "vitest";
import { connectRedis } from "../src/redis/connect.ts";
import { watchSilence } from "../src/redis/watch-silence.ts";
import { until } from "./support/fleet-rig.ts";
import { hasRedis, startRedis } from "./support/redis.ts";

describe.skipIf(!hasRedis)("a Redis that does not respond any more", () => {
  test.each(["stands still", "is gone"])("and %s is told once, and its return", async (what) => {
    const server = await startRedis();
    const redis = await connectRedis(server.url, "test");
    const lines: string[] = [];
    const end = watchSilence(redis, (line) => void lines.push(line), 200);
    try {
      if (what === "is gone") await server.kill();
      else process.kill(server.pid(), "SIGSTOP");
      await until(() => lines.length === 1);
      const at = `Redis at 127.0.0.1:${server.port}`;
      expect(lines).toEqual([`${at} has not responded for 0.2 s; this waits until it does`]);
      if (what === "is gone") await server.start();
      else process.kill(server.pid(), "SIGCONT");
      await until(() => lines.length === 2);
      expect(lines[1]).toBe(`${at} responds again`);
    } finally {
      end();
      redis.disconnect();
      await server.close();
    }
  });
});
