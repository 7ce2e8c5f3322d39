import { createCos, type NodeCosClient } from "@cosup/node";
import { type Environment, type EnvironmentCredentials, requireCredentials } from "./credentials.ts";

/** Flags that set options of the client. */
export interface ConnectionFlags {
  readonly region?: string;
  readonly endpoint?: string;
  readonly maxAttempts?: number;
  readonly proxy?: string;
  /** Bytes per second. */
  readonly bandwidthLimit?: number;
}

/** Creates the client of a command with the credentials in `env`. Sends nothing. */
export function openClient(flags: ConnectionFlags, env: Environment, memoryBudget?: number): NodeCosClient {
  return clientWith(flags, requireCredentials(env), memoryBudget);
}

/** Creates a client with placeholder credentials. It only checks arguments and must not send requests. */
export function offlineClient(flags: ConnectionFlags): NodeCosClient {
  return clientWith(flags, { SecretId: "offline", SecretKey: "offline", Token: undefined });
}

function clientWith(
  { region, endpoint, maxAttempts, proxy, bandwidthLimit }: ConnectionFlags,
  credentials: EnvironmentCredentials,
  memoryBudget?: number,
): NodeCosClient {
  return createCos({
    // CI systems pass a missing variable as an empty string, so an empty value counts as not set.
    Region: region || undefined,
    Endpoint: endpoint || undefined,
    maxAttempts,
    proxy,
    bandwidthLimit,
    memoryBudget,
    ...credentials,
  });
}
