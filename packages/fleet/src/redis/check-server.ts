import type { Redis } from "ioredis";
import { FleetError } from "../fleet-error.ts";

/** Which server it is. */
export interface ServerState {
  /** Another one after each start of the server. */
  readonly serverId: string;
  /** Whether Redis writes each command to disk, so that its restart loses nothing. */
  readonly keepsEverything: boolean;
}

/** What the checks found. */
export interface ServerFacts extends ServerState {
  /** As Redis reports it, `7.0.15` for one. */
  readonly version: string;
  /** One line for each setting that is accepted and risky. */
  readonly warnings: readonly string[];
}

const OLDEST: readonly [number, number] = [6, 2];
const AOF_WARNING =
  "Redis keeps no append-only file, so its restart loses the queue: set `appendonly yes` in redis.conf " +
  "(or, after a restart, enqueue again with `--recover`)";

/**
 * Checks that Redis can hold a queue.
 * @throws {FleetError} `redis-version`, `redis-eviction`: one line that says what to set
 */
export async function checkServer(redis: Redis): Promise<ServerFacts> {
  const info = parseInfo(await redis.info());
  const version = info.get("redis_version") ?? "0.0.0";
  if (isOlder(version)) {
    throw new FleetError(
      "redis-version",
      `Redis ${version} is too old: install Redis ${OLDEST.join(".")} or later`,
    );
  }
  refuseEviction(info);
  const state = stateOf(info);
  return { version, ...state, warnings: state.keepsEverything ? [] : [AOF_WARNING] };
}

/** Asks Redis which server it is, without a check. */
export async function readServer(redis: Redis): Promise<ServerState> {
  return stateOf(parseInfo(await redis.info()));
}

function stateOf(info: ReadonlyMap<string, string>): ServerState {
  return { serverId: info.get("run_id") ?? "", keepsEverything: info.get("aof_enabled") === "1" };
}

/** Also without a limit of memory: it may be set while the queue is in use. */
function refuseEviction(info: ReadonlyMap<string, string>): void {
  const policy = info.get("maxmemory_policy") ?? "noeviction";
  if (policy === "noeviction") return;
  throw new FleetError(
    "redis-eviction",
    `Redis may remove jobs when its memory is full (maxmemory-policy ${policy}): set \`maxmemory-policy noeviction\` in redis.conf, and restart Redis or send it \`CONFIG SET maxmemory-policy noeviction\``,
  );
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}

function parseInfo(text: string): Map<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => line.includes(":") && !line.startsWith("#"));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]));
}
