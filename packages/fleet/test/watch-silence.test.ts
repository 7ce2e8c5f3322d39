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
      // On a busy machine a Redis that stands still by itself for a moment is told, too: lines come in pairs.
      await until(() => lines.length % 2 === 1);
      if (what === "is gone") await server.start();
      else process.kill(server.pid(), "SIGCONT");
      await until(() => lines.length % 2 === 0);
      const at = `Redis at 127.0.0.1:${server.port}`;
      const pair = [`${at} has not responded for 0.2 s; this waits until it does`, `${at} responds again`];
      expect(lines).toEqual(lines.map((_, index) => pair[index % 2]));
    } finally {
      end();
      redis.disconnect();
      await server.close();
    }
  });
});
