import { raceAbort } from "../abort/race-abort.ts";
import { ArgumentTypeError } from "../errors.ts";

/** What a request is signed with. Temporary credentials carry a `Token` and an `expiresAt`. */
export interface Credentials {
  /** Names the key pair; not secret. */
  readonly SecretId: string;
  /** What requests are signed with. */
  readonly SecretKey: string;
  /** Session token of temporary credentials; sent as `x-cos-security-token`. */
  readonly Token?: string | null | undefined;
  /**
   * When they expire: Unix time in seconds (`ExpiredTime` of STS) or milliseconds, as a number or as digits; an ISO 8601
   * date and time (`Expiration` of STS); or a Date. Numbers below 1e11 are seconds. Undefined: they do not expire.
   */
  readonly expiresAt?: number | string | Date | null | undefined;
}

/**
 * Returns credentials. Called for the first request, again one minute before they expire, and when COS refuses them as
 * expired; never twice at once, unless a call that waits for it is aborted. If it rejects, the calls that wait for it reject
 * with the same reason. Credentials that have already expired when it returns them are used for a minute nevertheless,
 * because the local clock may be wrong; if COS refuses them, the error's `hint` says so.
 */
export type CredentialProvider = () => Promise<Credentials> | Credentials;

/** Ask for new credentials this long before the old ones expire, as the official Node SDK does. */
const REFRESH_MARGIN_MS = 60_000;

/** How long credentials are used that had expired when they were returned: the provider must not be called per request. */
const EXPIRED_KEPT_MS = 60_000;

/** Keeps the provider's credentials, and refreshes them with one call, however many requests wait for it. */
export class CredentialCache {
  readonly #provider: CredentialProvider;
  readonly #now: () => number;
  #current: Credentials | undefined;
  #refreshAt = 0;
  /** When `#current` expired, if it had when the provider returned it. */
  #returnedExpired: number | undefined;
  #refreshing: Promise<Credentials> | undefined;

  /** @param refreshable whether the provider may return other credentials when it is called again */
  constructor(
    provider: CredentialProvider,
    now: () => number,
    readonly refreshable: boolean,
  ) {
    this.#provider = provider;
    this.#now = now;
  }

  /**
   * A promise only when the provider has to be asked. When the signal aborts first, the provider may hang: the next call asks
   * it again.
   */
  get(signal?: AbortSignal): Credentials | Promise<Credentials> {
    const current = this.#current;
    if (current !== undefined && this.#now() < this.#refreshAt) return current;
    this.#refreshing ??= this.#refresh();
    const asked = this.#refreshing;
    return raceAbort(asked, signal).finally(() => {
      if (this.#refreshing === asked) this.#refreshing = undefined;
    });
  }

  /** COS refused `refused` as expired: the next `get` calls the provider, unless another request has caused that already. */
  invalidate(refused: Credentials): void {
    if (this.#current === refused) this.#current = undefined;
  }

  /** Why COS calls the credentials expired, where that is known. */
  get hint(): string | undefined {
    if (this.#returnedExpired === undefined) return undefined;
    const date = new Date(this.#returnedExpired).toISOString();
    return `the credentials provider returned credentials that had expired at ${date}: return new ones`;
  }

  async #refresh(): Promise<Credentials> {
    const credentials = checkCredentials(await this.#provider(), "credentials");
    const expiresAt = expiryOf(credentials.expiresAt);
    const now = this.#now();
    this.#returnedExpired = expiresAt <= now ? expiresAt : undefined;
    this.#refreshAt = expiresAt <= now ? now + EXPIRED_KEPT_MS : refreshAt(expiresAt, now);
    this.#current = credentials;
    return credentials;
  }
}

/** Credentials that live for seconds are refreshed after three quarters of them, not on each request. */
function refreshAt(expiresAt: number, now: number): number {
  return expiresAt - Math.min(REFRESH_MARGIN_MS, (expiresAt - now) / 4);
}

/** Numbers below are seconds (up to the year 5138); as milliseconds they would be before 1974. */
const SECONDS_BELOW = 1e11;
/** Before COS existed: a smaller number is a duration, not a time. */
const EARLIEST_MS = Date.UTC(2010, 0);

/**
 * `expiresAt` in milliseconds since the epoch.
 * @throws {TypeError} it is not a time
 */
function expiryOf(value: unknown): number {
  if (value === undefined || value === null) return Number.POSITIVE_INFINITY;
  const milliseconds = timeOf(value);
  if (milliseconds >= EARLIEST_MS) return milliseconds;
  const given = typeof value === "number" ? value : `another ${typeof value}`;
  throw new ArgumentTypeError(
    "credentials",
    `must give expiresAt as Unix time in seconds or milliseconds, ISO 8601 or a Date, not ${given}`,
  );
}

/** Milliseconds since the epoch; NaN when it is not a time. */
function timeOf(value: unknown): number {
  if (value instanceof Date) return value.getTime();
  if (typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value)) return Date.parse(value);
  const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== "number") return Number.NaN;
  return number < SECONDS_BELOW ? number * 1000 : number;
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
  // Tencent's samples pass None, null here, when there is no token.
  if (
    value.Token !== undefined &&
    value.Token !== null &&
    (typeof value.Token !== "string" || !/^[\x21-\x7e]*$/.test(value.Token))
  ) {
    throw new ArgumentTypeError("Token", "must be a string of printable ASCII");
  }
  return value;
}
