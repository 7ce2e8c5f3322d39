import { createCos, type NodeCosClient } from "@cosup/node";
import { type Environment, type EnvironmentCredentials, requireCredentials } from "./credentials.ts";

/** The flags that say where COS is and how patient to be with it. */
export interface ConnectionFlags {
  readonly region?: string;
  readonly endpoint?: string;
  readonly maxAttempts?: number;
  readonly proxy?: string;
}

/** Makes the client of a command. Nothing is sent. */
export function openClient(flags: ConnectionFlags, env: Environment, memoryBudget?: number): NodeCosClient {
  return clientWith(flags, requireCredentials(env), memoryBudget);
}

/** A client for checking arguments: it has no credentials, and nothing is sent with it. */
export function offlineClient(flags: ConnectionFlags): NodeCosClient {
  return clientWith(flags, { SecretId: "offline", SecretKey: "offline", Token: undefined });
}

function clientWith(
  { region, endpoint, maxAttempts, proxy }: ConnectionFlags,
  credentials: EnvironmentCredentials,
  memoryBudget?: number,
): NodeCosClient {
  return createCos({
    // Set but empty, as CI systems pass it, is as good as not set.
    Region: region || undefined,
    Endpoint: endpoint || undefined,
    maxAttempts,
    proxy,
    memoryBudget,
    ...credentials,
  });
}
