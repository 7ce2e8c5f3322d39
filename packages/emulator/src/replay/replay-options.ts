import { SEED } from "../link/link-options.ts";
import { checkValue, isPlainObject, type Rule } from "../options/option-errors.ts";
import { isOperationName, type OperationName } from "../request/operation.ts";

/** Shares of the requests that meet a fault, each from 0 to 1. Together they are at most 1. */
export interface FaultRates {
  /** Errors before anything happens: 500, 503, a proxy's 502 or 504 or its page, a reset. Default 0.1. */
  readonly error?: number;
  /** `SlowDown` with 503 or 429, with and without a usable `Retry-After`. Default 0.05. */
  readonly throttle?: number;
  /** Delays of up to two seconds. Default 0.05. */
  readonly slow?: number;
  /** A bit of a body changes on its way, or a CRC64 is wrong. Default 0.02. */
  readonly corrupt?: number;
  /** The request is carried out, and its response is lost, torn or replaced by an error. Default 0.08. */
  readonly lost?: number;
  /** Never a response, before or after it is carried out: a client waits for its own timeout. Default 0. */
  readonly silence?: number;
}

/** What `emulator.replay()` takes besides the seed. */
export interface ReplayOptions {
  /** Only these faults of the seed, by their ids in a report: to repeat a part of a schedule. Default: all of them. */
  readonly faults?: readonly number[];
  readonly rates?: FaultRates;
  /**
   * Most faults in a row for the requests of one operation, key and part number: with 2, the default, a client that makes
   * three attempts always gets through.
   */
  readonly maxInARow?: number;
  /** Only requests of these operations meet faults. Default: all operations. */
  readonly operations?: readonly OperationName[];
  /** The run whose requests meet them, as for a script. Default `default`: all requests that name no run. */
  readonly run?: string;
}

/** The kinds of faults in the order in which a schedule draws them, which must not change. */
export const DEFAULT_RATES: Readonly<Required<FaultRates>> = {
  error: 0.1,
  throttle: 0.05,
  slow: 0.05,
  corrupt: 0.02,
  lost: 0.08,
  silence: 0,
};

const isNumber = (value: unknown): boolean => typeof value === "number";
const SHARE = {
  accepted: "a number from 0 to 1",
  type: isNumber,
  range: (share: number) => share >= 0 && share <= 1,
  optional: true,
} as const;
const sum = (rates: FaultRates): number => Object.values(rates).reduce((all, share) => all + share, 0);

const OPTIONS: Rule = {
  accepted: "{ faults, rates, maxInARow, operations, run }",
  type: isPlainObject,
  fields: {
    faults: { accepted: "an array of ids of faults", type: Array.isArray, items: SEED, optional: true },
    rates: {
      accepted: "{ error, throttle, slow, corrupt, lost, silence }",
      type: isPlainObject,
      fields: {
        error: SHARE,
        throttle: SHARE,
        slow: SHARE,
        corrupt: SHARE,
        lost: SHARE,
        silence: SHARE,
      },
      optional: true,
    },
    maxInARow: {
      accepted: "a whole number from 1 to 1e9",
      type: isNumber,
      range: (most: number) => Number.isInteger(most) && most >= 1 && most <= 1e9,
      optional: true,
    },
    operations: {
      accepted: "an array of operations by COS's name",
      type: Array.isArray,
      items: { accepted: "an operation by COS's name, such as UploadPart", type: isOperationName },
      optional: true,
    },
    run: { accepted: "the name of a run", type: (value) => typeof value === "string", optional: true },
  },
};

/** Throws an error that names what is wrong. */
export function checkReplay(seed: number, options: ReplayOptions): void {
  checkValue("seed", seed, SEED);
  checkValue("options", options, OPTIONS);
  const rates = { ...DEFAULT_RATES, ...options.rates };
  checkValue("options.rates", rates, {
    accepted: "shares that are together at most 1",
    type: isPlainObject,
    range: (all: FaultRates) => sum(all) <= 1 + Number.EPSILON,
  });
}
