import type { Credentials } from "@cosup/node";
import type { EnvironmentCredentials } from "../credentials.ts";

/** Keys that do not change while a command runs. */
export interface FixedKeys {
  readonly origin: string;
  readonly pair: EnvironmentCredentials;
}

/** Temporary keys, asked for when they are needed. */
export interface AskedKeys {
  readonly origin: string;
  readonly asked: AskedCredentials;
}

/** Why there are no keys. It is thrown only where a command needs them. */
export interface NoKeys {
  readonly origin: string;
  readonly problem: Error;
}

/** Where the keys of a command come from. */
export type KeySource = FixedKeys | AskedKeys | NoKeys;

/** Keys, and the region that came with them if they are those of another program. */
export interface FoundKeys {
  readonly keys: KeySource | undefined;
  readonly region?: string | undefined;
}

/** For this long a failure is repeated without asking again: many files wait for the same keys. */
const FAILURE_KEPT_MS = 60_000;

/** Asks a program or a server for temporary keys. */
export class AskedCredentials {
  readonly #ask: () => Promise<Credentials>;
  readonly #now: () => number;
  #early: Promise<Credentials> | undefined;
  #failure: { readonly error: unknown; readonly at: number } | undefined;

  constructor(ask: () => Promise<Credentials>, now: () => number = Date.now) {
    this.#ask = ask;
    this.#now = now;
  }

  /**
   * Asks before the client does, so that a failure comes before anything else. The client's first call gets this result.
   * @param signal ends the wait; what was asked goes on
   */
  early(signal: AbortSignal): Promise<Credentials> {
    this.#early ??= this.provider();
    const asked = this.#early;
    return new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      if (signal.aborted) reject(signal.reason);
      asked.then(resolve, reject);
    });
  }

  /** For the option `credentials` of a client. */
  readonly provider = async (): Promise<Credentials> => {
    const early = this.#early;
    this.#early = undefined;
    if (early !== undefined) return early;
    const failure = this.#failure;
    if (failure !== undefined && this.#now() - failure.at < FAILURE_KEPT_MS) throw failure.error;
    try {
      return await this.#ask();
    } catch (error) {
      this.#failure = { error, at: this.#now() };
      throw error;
    }
  };
}
