import { hostname } from "node:os";
import type { Redis } from "ioredis";
import type { FleetQueue } from "../jobs/queue.ts";
import { workersKey } from "../ledger/keys.ts";

/** Says that this process works. */
export async function noteAlive(redis: Redis, { prefix }: FleetQueue): Promise<void> {
  await redis.zadd(workersKey(prefix), Date.now(), aliveName());
}

/** Says that it does no longer. */
export async function noteEnded(redis: Redis, { prefix }: FleetQueue): Promise<void> {
  await redis.zrem(workersKey(prefix), aliveName());
}

function aliveName(): string {
  return `${hostname()}:${process.pid}`;
}
