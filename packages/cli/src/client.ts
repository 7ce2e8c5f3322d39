import { createCos, type NodeCosClient } from "@cosup/node";
import { followTimetable } from "./bandwidth/follow-timetable.ts";
import type { Timetable } from "./bandwidth/timetable.ts";
import { type Environment, type EnvironmentCredentials, requireCredentials } from "./credentials.ts";

/** Flags that set options of the client. */
export interface ConnectionFlags {
  readonly region?: string;
  readonly endpoint?: string;
  readonly maxAttempts?: number;
  readonly proxy?: string;
  /** Of everything that the command sends together. */
  readonly bwlimit?: Timetable;
  /** Milliseconds without progress after which an attempt fails. */
  readonly timeout?: number;
}

/** Creates the client of a command with the credentials in `env`. Sends nothing. */
export function openClient(flags: ConnectionFlags, env: Environment, memoryBudget?: number): NodeCosClient {
  const client = clientWith(flags, requireCredentials(env), memoryBudget);
  if (flags.bwlimit?.changes && flags.bwlimit.lowest !== undefined)
    followTimetable(flags.bwlimit, (bandwidthLimit) => {
      if (client.closed) return false;
      void client.setBandwidthLimit({ bandwidthLimit });
      return true;
    });
  return client;
}

/** Creates a client with placeholder credentials. It only checks arguments and must not send requests. */
export function offlineClient(flags: ConnectionFlags): NodeCosClient {
  return clientWith(flags, { SecretId: "offline", SecretKey: "offline", Token: undefined });
}

function clientWith(
  { region, endpoint, maxAttempts, proxy, bwlimit, timeout }: ConnectionFlags,
  credentials: EnvironmentCredentials,
  memoryBudget?: number,
): NodeCosClient {
  return createCos({
    // CI systems pass a missing variable as an empty string, so an empty value counts as not set.
    Region: region || undefined,
    Endpoint: endpoint || undefined,
    maxAttempts,
    proxy,
    // The lowest of a timetable: it decides how many bodies can be sent at once.
    bandwidthLimit: bwlimit?.lowest,
    responseTimeoutMs: timeout,
    memoryBudget,
    ...credentials,
  });
}
