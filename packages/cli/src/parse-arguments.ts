import { InvalidArgumentError } from "commander";

/** Parses an integer. The client checks its range. */
export function wholeNumber(value: string): number {
  if (!/^-?\d+$/.test(value)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(value);
}

/** Parses a number of levels, 0 or more. */
export function levels(value: string): number {
  if (!/^\d+$/.test(value)) throw new InvalidArgumentError("It must be a whole number, 0 or more.");
  return Number(value);
}

/** Parses a port, 0 to 65535. */
export function portNumber(value: string): number {
  const port = wholeNumber(value);
  if (port < 0 || port > 65_535) throw new InvalidArgumentError("It must be 0 to 65535.");
  return port;
}

/** Parses a number that counts something, 1 or more. */
export function atLeastOne(value: string): number {
  if (!/^\d+$/.test(value) || Number(value) < 1)
    throw new InvalidArgumentError("It must be a whole number, 1 or more.");
  return Number(value);
}

/** Parses a number that counts something, 1 to `most`. */
export function upTo(most: number): (value: string) => number {
  return (value) => {
    if (/^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= most) return Number(value);
    throw new InvalidArgumentError(`It must be a whole number, 1 to ${most}.`);
  };
}

/** Parses the date of an Expires header: one of HTTP, 0, or one of ISO 8601, which becomes one of HTTP. */
export function httpDate(value: string): string {
  if (/^(0|[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} .* GMT)$/.test(value) && !Number.isNaN(Date.parse(value)))
    return value;
  const date = new Date(/^\d{4}-\d\d-\d\d/.test(value) ? value : Number.NaN);
  if (Number.isNaN(date.getTime()))
    throw new InvalidArgumentError(
      "It must be a date, for example 2026-10-21 or 'Wed, 21 Oct 2026 07:28:00 GMT'.",
    );
  return date.toUTCString();
}

/** Counts how often a flag is given. */
export function countUp(_value: unknown, before: number): number {
  return before + 1;
}

/** Parses whole numbers with commas between them. */
export function numberList(value: string): readonly number[] {
  if (!/^\d+(,\d+)*$/.test(value)) throw new InvalidArgumentError("It must be whole numbers: 12,34.");
  return value.split(",").map(Number);
}

/** Collects the values of a repeatable option. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

const PREFIX = "x-cos-meta-";

/** Collects `--meta name=value`. The prefix `x-cos-meta-` is added if it is missing. */
export function collectMetadata(
  value: string,
  before: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  const split = value.indexOf("=");
  if (split < 1) throw new InvalidArgumentError("It must be name=value.");
  const name = value.slice(0, split);
  const header = name.toLowerCase().startsWith(PREFIX) ? name : PREFIX + name;
  return { ...before, [header]: value.slice(split + 1) };
}

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Parses a duration such as `7d`, `12h` or `30m` into milliseconds. */
export function duration(value: string): number {
  const match = /^(\d+)(ms|[smhdw])$/.exec(value);
  const unit = UNITS_MS[match?.[2] ?? ""];
  if (match === null || unit === undefined) {
    throw new InvalidArgumentError(
      "It must be a number followed by ms, s, m, h, d or w, for example 7d or 90s.",
    );
  }
  return Number(match[1]) * unit;
}
