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

/** The key of an emulator, and whether it was made for this run. */
export interface EmulatorKey {
  readonly credentials: EmulatorCredentials;
  readonly generated: boolean;
}

/** The key pair of the flags, or else of the environment, or else a new one. */
export async function emulatorKey(flags: KeyFlags): Promise<EmulatorKey> {
  const pair = flagPair(flags) ?? environmentPair();
  const token = flags.token ?? pair?.token;
  const policy = flags.policy === undefined ? undefined : await readPolicy(flags.policy);
  return {
    credentials: {
      secretId: pair?.secretId ?? "AKIDcosupemulator",
      secretKey: pair?.secretKey ?? randomBytes(16).toString("hex"),
      ...(token === undefined ? {} : { token }),
      ...(policy === undefined ? {} : { policy }),
    },
    generated: pair === undefined,
  };
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
