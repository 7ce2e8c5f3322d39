import { CredentialsError, type Environment } from "../credentials.ts";
import { ConfigError } from "./config-error.ts";
import type { Profile } from "./config-file.ts";
import { keysOfProcess, type ProcessCommand } from "./credential-process.ts";
import { keysOfRole } from "./cvm-role.ts";
import { AskedCredentials, type KeySource } from "./key-source.ts";

/**
 * The keys of a profile whose fields are checked; undefined if it has none.
 * @throws {ConfigError} it has more than one kind
 */
export function keysOfProfile({ name, path, table }: Profile, env: Environment): KeySource | undefined {
  const origin = `profile '${name}'`;
  const { secret_id, secret_key, token, credential_process, role } = table as Readonly<
    Record<string, string | undefined>
  >;
  const hasPair = secret_id !== undefined || secret_key !== undefined || token !== undefined;
  const kinds = [
    hasPair && "secret_id and secret_key",
    credential_process && "credential_process",
    role && "role",
  ];
  const found = kinds.filter((kind) => typeof kind === "string");
  if (found.length > 1)
    throw new ConfigError(
      `${origin} (${path}) has ${found.join(" and ")}: keys can come from only one of them`,
    );
  if (credential_process !== undefined) {
    const source = `credential_process of ${origin}`;
    const command = credential_process as ProcessCommand;
    return { origin: source, asked: new AskedCredentials(() => keysOfProcess(command, source)) };
  }
  if (role !== undefined) {
    const server = env.COSUP_METADATA_URL || undefined;
    return { origin: `role of ${origin}`, asked: new AskedCredentials(() => keysOfRole(role, server)) };
  }
  if (!hasPair) return undefined;
  if (secret_id === undefined || secret_key === undefined) {
    const missing = secret_id === undefined ? "secret_id" : "secret_key";
    const problem = new CredentialsError(
      `${origin} (${path}) has no ${missing}: secret_id and secret_key are both required`,
    );
    return { origin, problem };
  }
  return { origin, pair: { SecretId: secret_id, SecretKey: secret_key, Token: token } };
}
