import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { EmulatorCredentials, Policy } from "@cosup/emulator";
import { ArgumentTypeError } from "@cosup/node";
import { findCredentials, ownEnvironment } from "../credentials.ts";

/** The flags that say with which key requests are signed, and what it may do. */
export interface KeyFlags {
  readonly secretId?: string;
  readonly secretKey?: string;
  readonly token?: string;
  readonly policy?: string;
}

/** The key of an emulator. */
export interface EmulatorKey {
  readonly credentials: EmulatorCredentials;
  /** Whether the user chose it: then it is not printed. */
  readonly given: boolean;
}

/** The pair of an emulator that others cannot reach, the same as that of `startEmulator()`. */
const DEFAULT_KEYS = { secretId: "AKIDcosupemulator", secretKey: "cosup-emulator-secret-key" };
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/i;

/**
 * The key pair of the flags, or else of the environment, or else one that everybody knows; where others can reach the
 * emulator, a new one.
 */
export async function emulatorKey(flags: KeyFlags, host: string): Promise<EmulatorKey> {
  const pair = flagPair(flags) ?? environmentPair();
  const token = flags.token ?? pair?.token;
  const policy = flags.policy === undefined ? undefined : await readPolicy(flags.policy);
  const { secretId, secretKey } = pair ?? (LOOPBACK.test(host) ? DEFAULT_KEYS : newKeys());
  return {
    credentials: {
      secretId,
      secretKey,
      ...(token === undefined ? {} : { token }),
      ...(policy === undefined ? {} : { policy }),
    },
    given: pair !== undefined,
  };
}

function newKeys(): EmulatorCredentials {
  return { ...DEFAULT_KEYS, secretKey: randomBytes(16).toString("hex") };
}

function flagPair({ secretId, secretKey }: KeyFlags): EmulatorCredentials | undefined {
  if ((secretId === undefined) !== (secretKey === undefined)) {
    throw new ArgumentTypeError("SecretId", "--secret-id and --secret-key must be given together");
  }
  return secretId === undefined || secretKey === undefined ? undefined : { secretId, secretKey };
}

function environmentPair(): EmulatorCredentials | undefined {
  const found = findCredentials(ownEnvironment());
  if (found === undefined) return undefined;
  const { SecretId: secretId, SecretKey: secretKey, Token: token } = found;
  return { secretId, secretKey, ...(token === undefined ? {} : { token }) };
}

/** The emulator checks what the policy says. */
async function readPolicy(path: string): Promise<Policy> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    throw new ArgumentTypeError("--policy", `${path}: ${error instanceof Error ? error.message : error}`);
  }
}
