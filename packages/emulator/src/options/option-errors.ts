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
  /** The value is in no message. */
  readonly secret?: true;
}

/** Throws an error that names the option and what it accepts, unless the value fits. */
export function checkValue(option: string, value: unknown, rule: Rule): void {
  const { accepted, type, range, secret } = rule;
  const found = value === undefined ? "is missing" : `is ${secret ? `of type ${typeof value}` : show(value)}`;
  if (!type(value)) throw new OptionTypeError(option, `${found}; accepted: ${accepted}`);
  if (range?.(value as never) === false) {
    throw new OptionRangeError(option, `${secret ? "is not accepted" : found}; accepted: ${accepted}`);
  }
}

/** Throws unless a value is an object with known names only. */
export function checkNames(option: string, value: unknown, names: readonly string[]): void {
  const at = option === "" ? "options" : option;
  const accepted = `an object with ${names.join(", ")}`;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    // Only the type: the value could be a secret in the wrong place.
    throw new OptionTypeError(
      at,
      `is of type ${value === null ? "null" : typeof value}; accepted: ${accepted}`,
    );
  }
  const stranger = Object.keys(value).find((name) => !names.includes(name));
  if (stranger === undefined) return;
  const path = option === "" ? stranger : `${option}.${stranger}`;
  throw new OptionTypeError(path, `is not known; accepted: ${names.join(", ")}`);
}

const MAX_SHOWN = 80;

function show(value: unknown): string {
  if (typeof value === "function") return "a function";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
