import {
  type CredentialProvider,
  createCos,
  type NodeCosClient,
  type NodeCosOptions,
  type RequestHooks,
} from "@cosup/node";
import { followTimetable } from "./bandwidth/follow-timetable.ts";
import type { Timetable } from "./bandwidth/timetable.ts";
import type { Profile } from "./config/config-file.ts";
import type { KeySource } from "./config/key-source.ts";
import { type Environment, type EnvironmentCredentials, requireCredentials } from "./credentials.ts";
import { type LogFlags, watchRequests } from "./watch/request-log.ts";

/** Flags that set options of the client. */
export interface ConnectionFlags extends LogFlags {
  readonly region?: string;
  readonly endpoint?: string;
  readonly maxAttempts?: number;
  readonly proxy?: string;
  /** Of everything that the command sends together. */
  readonly bwlimit?: Timetable;
  /** Threads that send the parts of files. */
  readonly threads?: number;
  /** Milliseconds without progress after which an attempt fails. */
  readonly timeout?: number;
  /** Where the keys come from, found before the command runs; undefined: nothing has any. */
  readonly keys?: KeySource;
  /** The profile whose values are used. */
  readonly usedProfile?: Profile;
  /** Where the value of each flag comes from, by the name of its property. */
  readonly origins?: ReadonlyMap<string, string>;
  /** Variables that begin as those of flags do, and set none. */
  readonly unknownVariables?: readonly string[];
}

/**
 * Creates the client of a command with its keys. Sends nothing.
 * @throws {CredentialsError} there are none
 */
export function openClient(flags: ConnectionFlags, env: Environment, memoryBudget?: number): NodeCosClient {
  const client = clientWith(flags, clientKeys(flags, env), memoryBudget, watchRequests(flags));
  if (flags.bwlimit?.changes && flags.bwlimit.lowest !== undefined)
    followTimetable(flags.bwlimit, (bandwidthLimit) => {
      if (client.closed) return false;
      void client.setBandwidthLimit({ bandwidthLimit });
      return true;
    });
  return client;
}

/**
 * Asks for temporary keys now, so that a failure comes before anything is read or sent.
 * @throws {CredentialsError} there are no keys
 */
export async function checkKeys(
  flags: ConnectionFlags,
  env: Environment,
  signal: AbortSignal,
): Promise<void> {
  clientKeys(flags, env);
  if (flags.keys !== undefined && "asked" in flags.keys) await flags.keys.asked.early(signal);
}

type ClientKeys = EnvironmentCredentials | { readonly credentials: CredentialProvider };

function clientKeys({ keys }: ConnectionFlags, env: Environment): ClientKeys {
  if (keys === undefined) return requireCredentials(env);
  if ("problem" in keys) throw keys.problem;
  return "pair" in keys ? keys.pair : { credentials: keys.asked.provider };
}

/** Creates a client with placeholder credentials. It only checks arguments and must not send requests. */
export function offlineClient(flags: ConnectionFlags): NodeCosClient {
  return clientWith(flags, { SecretId: "offline", SecretKey: "offline", Token: undefined });
}

/**
 * The options of a client with the keys of a command, for a program that makes its client itself.
 * @throws {CredentialsError} there are no keys
 */
export function clientOptions(flags: ConnectionFlags, env: Environment): NodeCosOptions {
  return optionsOf(flags, clientKeys(flags, env), undefined, watchRequests(flags));
}

function clientWith(...values: Parameters<typeof optionsOf>): NodeCosClient {
  return createCos(optionsOf(...values));
}

function optionsOf(
  { region, endpoint, maxAttempts, proxy, bwlimit, threads, timeout }: ConnectionFlags,
  credentials: ClientKeys,
  memoryBudget?: number,
  hooks?: RequestHooks,
): NodeCosOptions {
  return {
    // CI systems pass a missing variable as an empty string, so an empty value counts as not set.
    Region: region || undefined,
    Endpoint: endpoint || undefined,
    maxAttempts,
    proxy,
    // The lowest of a timetable: it decides how many bodies can be sent at once.
    bandwidthLimit: bwlimit?.lowest,
    threads,
    responseTimeoutMs: timeout,
    memoryBudget,
    ...hooks,
    ...credentials,
  };
}
