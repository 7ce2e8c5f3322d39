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

/** Parses a size in bytes. */
export function byteCount(value: string): number {
  if (!/^\d+$/.test(value)) {
    throw new InvalidArgumentError("It must be a whole number of bytes, for example 1048576.");
  }
  return Number(value);
}

const UNITS: Readonly<Record<string, number>> = { "": 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** Parses a size with or without a unit, `2MiB` for one. The client checks its range. */
export function byteSize(value: string): number {
  const [, digits = "", unit = ""] = /^(\d+)(KiB|MiB|GiB|)$/.exec(value) ?? [];
  if (digits === "")
    throw new InvalidArgumentError("It must be bytes, or a number with KiB, MiB or GiB: 2MiB.");
  return Number(digits) * (UNITS[unit] ?? 1);
}

/** Parses a port, 0 to 65535. */
export function portNumber(value: string): number {
  const port = wholeNumber(value);
  if (port < 0 || port > 65_535) throw new InvalidArgumentError("It must be 0 to 65535.");
  return port;
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
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Parses a duration such as `7d`, `12h` or `30m` into milliseconds. */
export function duration(value: string): number {
  const match = /^(\d+)([smhdw])$/.exec(value);
  const unit = UNITS_MS[match?.[2] ?? ""];
  if (match === null || unit === undefined) {
    throw new InvalidArgumentError("It must be a number followed by s, m, h, d or w, for example 7d.");
  }
  return Number(match[1]) * unit;
}
