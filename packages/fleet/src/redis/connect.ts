import { ArgumentTypeError } from "@cosup/node";
import { Redis, type RedisOptions } from "ioredis";
import { FleetError } from "../fleet-error.ts";

/**
 * Where Redis is: a URL (`redis://HOST:6379/0`, `rediss://` for TLS), the options of ioredis, or a client of ioredis, of which
 * only the options are used.
 */
export type RedisPlace = string | RedisOptions | Redis;

/** Longest pause between two attempts to connect, in milliseconds. */
const LONGEST_PAUSE_MS = 2_000;

/** How long Redis may say nothing at all, in milliseconds. One that still reads its file from disk says so. */
export const SILENCE_MS = 10_000;

/**
 * Opens a connection and waits until Redis responds. Later, while Redis is away, commands wait and are sent when it is back.
 * @throws {TypeError} the address is none
 * @throws {FleetError} `redis-unreachable`: the first attempt to connect failed, or Redis says nothing for 10 s
 */
export async function connectRedis(place: RedisPlace, name: string, silenceMs = SILENCE_MS): Promise<Redis> {
  if (typeof place === "string") checkAddress(place);
  const redis = create(place, {
    // BullMQ requires it: a worker waits for Redis as long as it takes.
    maxRetriesPerRequest: null,
    retryStrategy: (attempt) => Math.min(attempt * 100, LONGEST_PAUSE_MS),
    lazyConnect: true,
    connectionName: name,
  });
  try {
    await firstConnection(redis, silenceMs);
  } catch (error) {
    redis.disconnect();
    throw unreachable(redis, error);
  }
  // ioredis prints errors that nobody listens to. It connects again by itself.
  redis.on("error", () => {});
  return redis;
}

/** Anything else would be taken for a socket, a host of that name, or database 0. */
function checkAddress(place: string): void {
  const isPath = place.startsWith("/");
  if (isPath || /^(rediss?:\/\/)?[^/\s]+(\/\d*)?(\?.*)?$/i.test(place)) return;
  throw new ArgumentTypeError("connection", "must be redis://HOST:PORT/DATABASE, or rediss:// for TLS");
}

function create(place: RedisPlace, own: RedisOptions): Redis {
  if (typeof place === "string") return new Redis(place, own);
  if (place instanceof Redis) return place.duplicate(own);
  return new Redis({ ...place, ...own });
}

async function firstConnection(redis: Redis, silenceMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const failed = new Promise<never>((_, reject) => {
    redis.once("error", reject);
    timer = setTimeout(() => reject(new Error(`no response for ${silenceMs / 1000} s`)), silenceMs);
  });
  redis.once("connect", () => redis.stream.once("data", () => clearTimeout(timer)));
  const connected = redis.connect();
  // Whichever loses the race may reject later.
  connected.catch(() => {});
  failed.catch(() => {});
  await Promise.race([connected, failed]).finally(() => clearTimeout(timer));
}

function unreachable(redis: Redis, cause: unknown): FleetError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new FleetError(
    "redis-unreachable",
    `Redis at ${whereIs(redis)} cannot be used (${why}): start redis-server, or set the connection to where it runs`,
    { cause },
  );
}

/** Where a client connects to. Not the URL: it may contain a password. */
export function whereIs(redis: Redis): string {
  const { host, port, path } = redis.options;
  return path ?? `${host ?? "127.0.0.1"}:${port ?? 6379}`;
}
