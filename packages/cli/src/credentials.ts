/** A key pair as the environment gives it. */
export interface EnvironmentCredentials {
  readonly SecretId: string;
  readonly SecretKey: string;
  readonly Token: string | undefined;
}

/** No usable key pair in the environment. Names variables, never their values. */
export class CredentialsError extends Error {
  override readonly name = "CredentialsError";
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** First pair wins: COS's own names, then those of Tencent Cloud's SDKs. */
const PAIRS = [
  { id: "COS_SECRET_ID", key: "COS_SECRET_KEY", tokens: ["COS_TOKEN", "COS_SESSION_TOKEN"] },
  {
    id: "TENCENTCLOUD_SECRET_ID",
    key: "TENCENTCLOUD_SECRET_KEY",
    tokens: ["TENCENTCLOUD_SESSION_TOKEN"],
  },
] as const;

const SECRETS = PAIRS.flatMap(({ key, tokens }) => [key, ...tokens]);

let own: Environment | undefined;

/**
 * The environment that this process was started with. Its secrets are taken out of `process.env` at the first call:
 * Node's diagnostic reports print all of that, and child processes inherit it.
 */
export function ownEnvironment(): Environment {
  if (own === undefined) {
    own = { ...process.env };
    for (const name of SECRETS) delete process.env[name];
  }
  return own;
}

/**
 * The environment's key pair; undefined when there is none.
 * @throws {CredentialsError} one half is set without the other: going on with the next pair would upload as somebody else
 */
export function findCredentials(env: Environment): EnvironmentCredentials | undefined {
  for (const { id, key, tokens } of PAIRS) {
    // An empty variable is how CI systems pass a secret that is not there.
    const SecretId = env[id] || undefined;
    const SecretKey = env[key] || undefined;
    if (SecretId === undefined && SecretKey === undefined) continue;
    if (SecretId === undefined) throw halfSet(id, key);
    if (SecretKey === undefined) throw halfSet(key, id);
    return { SecretId, SecretKey, Token: tokens.map((name) => env[name]).find(Boolean) };
  }
  return undefined;
}

/** {@link findCredentials}, for what cannot be done without. */
export function requireCredentials(env: Environment): EnvironmentCredentials {
  const found = findCredentials(env);
  if (found !== undefined) return found;
  const names = PAIRS.map(({ id, key }) => `${id} and ${key}`).join(", or ");
  throw new CredentialsError(`no credentials: set ${names}`);
}

function halfSet(missing: string, present: string): CredentialsError {
  return new CredentialsError(`${missing} is not set, but ${present} is: both are needed`);
}
