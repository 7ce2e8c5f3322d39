import { ArgumentTypeError } from "../errors.ts";

/** What a request is signed with. Temporary credentials carry a `Token` and an `expiresAt`. */
export interface Credentials {
  /** Names the key pair; not secret. */
  readonly SecretId: string;
  /** What requests are signed with. */
  readonly SecretKey: string;
  /** Session token of temporary credentials; sent as `x-cos-security-token`. */
  readonly Token?: string | undefined;
  /** Milliseconds since the epoch; undefined: they do not expire. */
  readonly expiresAt?: number | undefined;
}

/** Called for the first request and again before what it returned expires; never twice at once. */
export type CredentialProvider = () => Promise<Credentials> | Credentials;

/** Ask for new credentials this long before the old ones expire, as the official Node SDK does. */
const REFRESH_MARGIN_MS = 60_000;

/** Hands out credentials: static ones, or a provider's, refreshed by one call however many requests wait. */
export class CredentialCache {
  readonly #provider: CredentialProvider;
  readonly #now: () => number;
  #current: Credentials | undefined;
  #refreshAt = 0;
  #refreshing: Promise<Credentials> | undefined;

  /** @param refreshable whether asking the provider again can give other credentials */
  constructor(
    provider: CredentialProvider,
    now: () => number,
    readonly refreshable: boolean,
  ) {
    this.#provider = provider;
    this.#now = now;
  }

  /** A promise only when the provider has to be asked. */
  get(): Credentials | Promise<Credentials> {
    const current = this.#current;
    if (current !== undefined && this.#now() < this.#refreshAt) return current;
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  /** COS refused `refused` as expired: the next `get` asks the provider, unless somebody already has. */
  invalidate(refused: Credentials): void {
    if (this.#current === refused) this.#current = undefined;
  }

  async #refresh(): Promise<Credentials> {
    const credentials = checkCredentials(await this.#provider(), "credentials");
    this.#refreshAt = refreshAt(credentials, this.#now());
    this.#current = credentials;
    return credentials;
  }
}

/** Credentials that live for seconds are refreshed after three quarters of them, not on each request. */
function refreshAt(credentials: Credentials, now: number): number {
  if (credentials.expiresAt === undefined) return Number.POSITIVE_INFINITY;
  return credentials.expiresAt - Math.min(REFRESH_MARGIN_MS, Math.max(0, credentials.expiresAt - now) / 4);
}

/**
 * Checks that both halves of a key pair are there. Messages name the parameter, never its value.
 * @throws {TypeError} a half is missing, or is not text that can stand in a header
 */
export function checkCredentials(value: Credentials, source: string): Credentials {
  if (typeof value !== "object" || value === null) {
    throw new ArgumentTypeError(source, "must give an object with SecretId and SecretKey");
  }
  for (const name of ["SecretId", "SecretKey"] as const) {
    if (typeof value[name] !== "string" || !/^[\x21-\x7e]+$/.test(value[name])) {
      throw new ArgumentTypeError(
        name,
        "must be a non-empty string of printable ASCII; SecretId and SecretKey are both needed",
      );
    }
  }
  if (value.Token !== undefined && (typeof value.Token !== "string" || !/^[\x21-\x7e]*$/.test(value.Token))) {
    throw new ArgumentTypeError("Token", "must be a string of printable ASCII");
  }
  return value;
}
