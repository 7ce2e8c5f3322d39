import { hintFor } from "./nearest.ts";

/** An option is missing or has another type than is accepted. */
export class OptionTypeError extends TypeError {
  override readonly name = "OptionTypeError";
  readonly code = "ERR_EMULATOR_OPTION";
  /** Path of the option, as `credentials[0].secretKey`. */
  readonly option: string;

  constructor(option: string, message: string) {
    super(`${option}: ${message}`);
    this.option = option;
  }
}

/** An option has a value that is not accepted. */
export class OptionRangeError extends RangeError {
  override readonly name = "OptionRangeError";
  readonly code = "ERR_EMULATOR_OPTION";
  /** Path of the option, as `buckets[0]`. */
  readonly option: string;

  constructor(option: string, message: string) {
    super(`${option}: ${message}`);
    this.option = option;
  }
}

/** What an option may be. */
export interface Rule {
  readonly accepted: string;
  readonly type: (value: unknown) => boolean;
  /** Called for values of the right type. Default: all of them are accepted. */
  readonly range?: (value: never) => boolean;
  /** What each item of an array may be. */
  readonly items?: Rule;
  /** What an object has. Other fields are refused, and those that are not optional must be there. */
  readonly fields?: Readonly<Record<string, Rule & { readonly optional?: true }>>;
  /** The value is in no message. */
  readonly secret?: true;
}

/** Throws an error that names the option and what it accepts, unless the value fits. */
export function checkValue(option: string, value: unknown, rule: Rule): void {
  const { accepted, type, range, secret, items, fields } = rule;
  const found = value === undefined ? "is missing" : `is ${secret ? `of type ${typeof value}` : show(value)}`;
  if (!type(value)) throw new OptionTypeError(option, `${found}; accepted: ${accepted}`);
  if (range?.(value as never) === false) {
    throw new OptionRangeError(option, `${secret ? "is not accepted" : found}; accepted: ${accepted}`);
  }
  if (items !== undefined && Array.isArray(value)) {
    for (const [index, item] of value.entries()) checkValue(`${option}[${index}]`, item, items);
  }
  if (fields !== undefined && typeof value === "object") checkFields(option, value, fields);
}

function checkFields(option: string, value: unknown, fields: NonNullable<Rule["fields"]>): void {
  checkNames(option, value, Object.keys(fields));
  for (const [name, rule] of Object.entries(fields)) {
    const field: unknown = (value as Record<string, unknown>)[name];
    if (field !== undefined || rule.optional !== true) checkValue(fieldPath(option, name), field, rule);
  }
}

/** Throws unless a value is an object with known names only. */
export function checkNames(option: string, value: unknown, names: readonly string[]): void {
  const at = option === "" ? "options" : option;
  const accepted = `an object with ${names.join(", ")}`;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    // Only the type: the value could be a secret in the wrong place.
    const type = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
    throw new OptionTypeError(at, `is of type ${type}; accepted: ${accepted}`);
  }
  const stranger = Object.keys(value).find((name) => !names.includes(name));
  if (stranger === undefined) return;
  const message = `is not known; accepted: ${names.join(", ")}${hintFor(stranger, names)}`;
  throw new OptionTypeError(fieldPath(option, stranger), message);
}

function fieldPath(option: string, name: string): string {
  return option === "" ? name : `${option}.${name}`;
}

/** Whether a value is an object as a literal makes it, also one of another realm; a Date or a list is none. */
export function isPlainObject(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

const MAX_SHOWN = 80;

/** A value as a message shows it. Never throws. */
export function show(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (typeof value === "bigint") return `${value}n`;
  // JSON has no NaN, and writes null.
  if (typeof value !== "object" && typeof value !== "string") return String(value);
  try {
    const text = JSON.stringify(value) ?? "an object";
    return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  } catch {
    return "an object that JSON cannot hold";
  }
}
