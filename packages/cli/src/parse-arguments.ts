import { InvalidArgumentError } from "commander";

/** A whole number; the client knows which range it accepts. */
export function wholeNumber(word: string): number {
  if (!/^-?\d+$/.test(word)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(word);
}

export function portNumber(word: string): number {
  const port = wholeNumber(word);
  if (port < 0 || port > 65_535) throw new InvalidArgumentError("It must be 0 to 65535.");
  return port;
}

/** Gathers an option that may be given several times. */
export function collect(word: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), word];
}

const PREFIX = "x-cos-meta-";

/** Gathers `--meta name=value`. */
export function collectMetadata(
  word: string,
  before: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  const split = word.indexOf("=");
  if (split < 1) throw new InvalidArgumentError("It must be name=value.");
  const name = word.slice(0, split);
  const whole = name.toLowerCase().startsWith(PREFIX) ? name : PREFIX + name;
  return { ...before, [whole]: word.slice(split + 1) };
}

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `7d`, `12h`, `30m` as milliseconds. */
export function duration(word: string): number {
  const match = /^(\d+)([smhdw])$/.exec(word);
  const unit = UNITS_MS[match?.[2] ?? ""];
  if (match === null || unit === undefined) {
    throw new InvalidArgumentError("It must be a number and s, m, h, d or w, as in 7d.");
  }
  return Number(match[1]) * unit;
}
