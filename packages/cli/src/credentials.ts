/** A key pair from environment variables. */
export interface EnvironmentCredentials {
  readonly SecretId: string;
  readonly SecretKey: string;
  readonly Token: string | undefined;
}

/** There is no usable key pair. The message names variables, fields and files, never their values. */
export class CredentialsError extends Error {
  override readonly name = "CredentialsError";
}

/** Environment variables, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The first pair that is set is used: the names of COS, then those of the Tencent Cloud SDKs. */
const PAIRS = [
  { id: "COS_SECRET_ID", key: "COS_SECRET_KEY", tokens: ["COS_TOKEN", "COS_SESSION_TOKEN"] },
  {
    id: "TENCENTCLOUD_SECRET_ID",
    key: "TENCENTCLOUD_SECRET_KEY",
    tokens: ["TENCENTCLOUD_SESSION_TOKEN"],
  },
] as const;

const SECRETS = [...PAIRS.flatMap(({ key, tokens }) => [key, ...tokens]), "COSUP_CONTROL_TOKEN"];

let initial: Environment | undefined;

/**
 * Returns the environment that this process was started with. The first call removes the secrets from `process.env`,
 * because diagnostic reports of Node print it and child processes inherit it.
 */
export function ownEnvironment(): Environment {
  if (initial === undefined) {
    initial = { ...process.env };
    for (const name of SECRETS) delete process.env[name];
  }
  return initial;
}

/**
 * Returns the key pair of the environment; undefined if there is none.
 * @throws {CredentialsError} only one half of a pair is set. Using the next pair could upload as another user.
 */
export function findCredentials(env: Environment): EnvironmentCredentials | undefined {
  for (const { id, key, tokens } of PAIRS) {
    // CI systems pass a missing secret as an empty string.
    const SecretId = env[id] || undefined;
    const SecretKey = env[key] || undefined;
    if (SecretId === undefined && SecretKey === undefined) continue;
    if (SecretId === undefined) throw halfSet(id, key);
    if (SecretKey === undefined) throw halfSet(key, id);
    return { SecretId, SecretKey, Token: tokens.map((name) => env[name]).find(Boolean) };
  }
  return undefined;
}

/** The variables that the key pair of the environment comes from. */
export function originOfCredentials(env: Environment): string {
  const { id, key } = PAIRS.find((pair) => env[pair.id] || env[pair.key]) ?? PAIRS[0];
  return `${id} and ${key}`;
}

/**
 * Returns the key pair of the environment.
 * @throws {CredentialsError} there is none, or only one half is set
 */
export function requireCredentials(env: Environment): EnvironmentCredentials {
  const found = findCredentials(env);
  if (found !== undefined) return found;
  const names = PAIRS.map(({ id, key }) => `${id} and ${key}`).join(", or ");
  throw new CredentialsError(`no credentials: set ${names}, or run cosup config init`);
}

function halfSet(missing: string, present: string): CredentialsError {
  return new CredentialsError(`${missing} is not set, but ${present} is: both are required`);
}
