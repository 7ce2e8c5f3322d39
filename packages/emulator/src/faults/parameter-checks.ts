import { show } from "../options/option-errors.ts";

/** Returns undefined if the value is accepted, otherwise a description of the accepted values. */
export type ParameterCheck = (value: unknown) => string | undefined;

export function integer(min: number, max: number): ParameterCheck {
  const accepted = `a whole number from ${min} to ${max}`;
  return (value) =>
    Number.isInteger(value) && (value as number) >= min && (value as number) <= max ? undefined : accepted;
}

export function oneOf(...values: readonly (string | number | boolean)[]): ParameterCheck {
  return (value) => (values.some((known) => known === value) ? undefined : values.map(show).join(", "));
}

/** Printable ASCII, because most texts go into a header. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && /^[\x20-\x7e]+$/.test(value) ? undefined : "printable ASCII text";
}

export function optional(check: ParameterCheck): ParameterCheck {
  return (value) => (value === undefined ? undefined : check(value));
}
