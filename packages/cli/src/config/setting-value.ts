import { InvalidArgumentError, type Option } from "commander";
import { ConfigError } from "./config-error.ts";

const YES = /^(1|true|yes|on)$/i;
const NO = /^(0|false|no|off)$/i;

/** Whether the flag takes no value. */
export function isSwitch(option: Option): boolean {
  return !option.required && !option.optional;
}

/** Whether a switch counts how often it is given, as `-vv` does. */
function isCounted(option: Option): boolean {
  return isSwitch(option) && option.parseArg !== undefined;
}

/** Whether the flag can be given several times. */
export function isRepeatable({ parseArg, argChoices }: Option): boolean {
  // A parser that takes the value before adds to it. That of choices takes it, too, and ignores it.
  return argChoices === undefined && (parseArg?.length ?? 0) > 1;
}

/**
 * The value of a flag from a variable; undefined if it leaves the flag as it is. A switch is on with 1, true, yes or on; a
 * repeatable flag takes one value per line.
 * @throws {ConfigError} the flag does not accept it
 */
export function valueOfVariable(option: Option, text: string, variable: string): unknown {
  if (!isSwitch(option)) {
    const values = isRepeatable(option) ? text.split(/\r?\n/).filter((line) => line !== "") : [text];
    return parseValues(option, values, variable);
  }
  if (isCounted(option) && /^\d$/.test(text)) return Number(text);
  if (YES.test(text)) return !option.negate;
  if (NO.test(text)) return undefined;
  throw new ConfigError(`${variable} must be 1 or 0 (true or false)`);
}

/**
 * The value of a flag from a field of a profile; undefined if it leaves the flag as it is.
 * @throws {ConfigError} it has the wrong type, or the flag does not accept it
 */
export function valueOfField(option: Option, value: unknown, origin: string): unknown {
  if (isSwitch(option)) {
    if (isCounted(option) && typeof value === "number") return value;
    if (typeof value !== "boolean") throw new ConfigError(`${origin} must be true or false`);
    return value ? !option.negate : undefined;
  }
  const given: readonly unknown[] = Array.isArray(value) && isRepeatable(option) ? value : [value];
  const texts = given.map((each) => {
    if (typeof each === "string" || typeof each === "number" || typeof each === "bigint") return String(each);
    throw new ConfigError(
      `${origin} must be ${isRepeatable(option) ? "text or a list of texts" : "text or a number"}`,
    );
  });
  return parseValues(option, texts, origin);
}

/** As commander does with the words of a command line. */
function parseValues(option: Option, texts: readonly string[], origin: string): unknown {
  const parse = option.parseArg as ((value: string, before: unknown) => unknown) | undefined;
  if (parse === undefined) return texts.at(-1);
  try {
    return texts.reduce<unknown>((before, text) => parse(text, before), undefined);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new ConfigError(`${origin} is invalid: ${error.message}`);
  }
}
