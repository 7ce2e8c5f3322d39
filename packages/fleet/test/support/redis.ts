import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { hasCommand } from "../../../../scripts/system-packages.mjs";

/** Whether tests with Redis can run. `npm test` prints which package is missing, and fails in CI. */
export const hasRedis = hasCommand("redis-server");

/** A redis-server of its own, in a temporary folder. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  readonly pid: () => number;
  /** SIGKILL: what was not written to disk is lost. */
  kill(): Promise<void>;
  /** Starts it again on the same port, with what is in the folder. */
  start(): Promise<void>;
  /** Stops it, and removes the folder. */
  close(): Promise<void>;
}

/** @param settings of redis.conf, as `["--appendonly", "yes"]` */
export async function startRedis(
  settings: readonly string[] = ["--appendonly", "yes"],
): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), "cosup-redis-"));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const own = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""];
    child = spawn("redis-server", [...own, ...settings], { stdio: "ignore" });
    await responds(port, child);
  };
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child?.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  };
  await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    pid: () => child?.pid ?? 0,
    kill,
    start,
    close: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function responds(port: number, child: ChildProcess): Promise<void> {
  const client = new Redis({ port, host: "127.0.0.1", maxRetriesPerRequest: null, retryStrategy: () => 20 });
  client.on("error", () => {});
  const ended = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`redis-server ended with ${code}`)));
  });
  ended.catch(() => {});
  try {
    await Promise.race([client.ping(), ended]);
  } finally {
    client.disconnect();
  }
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
