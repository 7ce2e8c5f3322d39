import { checkValue, isPlainObject, type Rule } from "../options/option-errors.ts";

/** A slow line between the emulator and all of its clients. */
export interface LinkOptions {
  /**
   * Most bytes per second, from 1 to 1e12: as many in as out, and each for all connections together, as on the line of a
   * house. Heads of HTTP count, frames of TLS do not. Default: no limit.
   */
  readonly bytesPerSecond?: number;
  /**
   * How long each request is on its way, and each response, in milliseconds: a round trip takes twice as long. The first
   * request of a connection waits for one more round trip, with TLS for two, as long as opening it takes. Default 0.
   */
  readonly latencyMs?: number;
  /** Up to so many milliseconds more for each way, chosen by the seed. Default 0. */
  readonly jitterMs?: number;
  /** Chooses the jitter: the same seed gives a request the same jitter in every run. Default 1. */
  readonly seed?: number;
}

const isNumber = (value: unknown): boolean => typeof value === "number";
const MAX_MS = 3_600_000;
const WAIT = {
  accepted: `milliseconds from 0 to ${MAX_MS}`,
  type: isNumber,
  range: (ms: number) => ms >= 0 && ms <= MAX_MS,
  optional: true,
} as const;

/** What a seed may be. */
export const SEED: Rule = {
  accepted: "a whole number from 0 to 4294967295",
  type: isNumber,
  range: (seed: number) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32,
};

/** What the option `link` may be. */
export const LINK: Rule = {
  accepted: "{ bytesPerSecond, latencyMs, jitterMs, seed }",
  type: isPlainObject,
  fields: {
    bytesPerSecond: {
      accepted: "a whole number of bytes per second from 1 to 1e12",
      type: isNumber,
      range: (rate: number) => Number.isInteger(rate) && rate >= 1 && rate <= 1e12,
      optional: true,
    },
    latencyMs: WAIT,
    jitterMs: WAIT,
    seed: { ...SEED, optional: true },
  },
};

/** Throws an error that names what is wrong. */
export function checkLink(link: LinkOptions | undefined): void {
  if (link !== undefined) checkValue("link", link, LINK);
}
