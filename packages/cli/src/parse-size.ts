import { InvalidArgumentError } from "commander";

const PREFIXES: readonly string[] = ["", "K", "M", "G", "T"];
const FORM = /^(\d+(?:\.\d+)?)(?:([KMGTkmgt])(iB|B)?|B)?$/;
const MiB = 1024 ** 2;

/** The forms of a size, for messages. */
export const SIZE_FORMS =
  "bytes, or a number with K, M, G or T (of 1024) or KB, MB, GB or TB (of 1000): 10M, 1.5GiB";

/** Reads a size such as `10M`, `1.5GiB`, `20MB` or `1048576`, as a whole number of bytes; undefined: it is none. */
export function sizeOf(text: string): number | undefined {
  const [whole, digits = "", prefix = "", suffix = ""] = FORM.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const power = PREFIXES.indexOf(prefix.toUpperCase());
  const bytes = Math.round(Number(digits) * (suffix === "B" ? 1000 : 1024) ** power);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** Parses a size. The client checks its range. */
export function byteSize(text: string): number {
  const bytes = sizeOf(text);
  if (bytes === undefined) throw new InvalidArgumentError(`It must be ${SIZE_FORMS}.`);
  return bytes;
}

/** Parses a part size into MiB: a bare number is MiB already. The client checks its range. */
export function partSize(text: string): number {
  // In MiB, as it has always been. The client refuses what is out of range.
  if (/^-?\d+$/.test(text)) return Number(text);
  const size = (sizeOf(text) ?? 0.5) / MiB;
  if (!Number.isInteger(size))
    throw new InvalidArgumentError("It must be a whole number of MiB, from 1 to 5120: 16, 16M, 1GiB.");
  return size;
}

/** Parses a rate in bit/s: a number, or one with K or M (of 1024). The client checks its range. */
export function bitRate(text: string): number {
  const bits = /B$/.test(text) ? undefined : sizeOf(text);
  if (bits === undefined)
    throw new InvalidArgumentError(
      "It must be bit/s, from 819200 to 838860800: a number, or 800K, 80M (of 1024).",
    );
  return bits;
}
