import { ArgumentRangeError, ArgumentTypeError } from "../errors.ts";
import { percentEncode } from "../text/percent.ts";
import { utf8 } from "../text/utf8.ts";
import { type Check, text } from "./checks.ts";
import { MAX_KEY_BYTES } from "./limits.ts";

/**
 * Checks an object key.
 * @throws {TypeError} not a string
 * @throws {RangeError} empty, over 850 bytes, or not expressible in a request
 */
export function checkKey(value: unknown, parameter = "Key"): void {
  if (typeof value !== "string") throw new ArgumentTypeError(parameter, "must be a string");
  if (value === "")
    throw new ArgumentRangeError(parameter, "must not be empty: the request would address the bucket");
  if (!value.isWellFormed())
    throw new ArgumentRangeError(parameter, "must be well-formed Unicode (it has a lone surrogate)");
  checkBeginning(value, parameter);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what COS refuses
  if (/[\u0018-\u001b]/.test(value)) {
    throw new ArgumentRangeError(
      parameter,
      "must not contain the control characters 0x18 to 0x1B, which COS refuses",
    );
  }
  const bytes = value.length * 3 <= MAX_KEY_BYTES ? 0 : utf8(value).length;
  if (bytes > MAX_KEY_BYTES) {
    throw new ArgumentRangeError(parameter, `must be 1 to ${MAX_KEY_BYTES} bytes of UTF-8, not ${bytes}`);
  }
  // Every WHATWG URL parser collapses a last "." or ".." and there is no following "/" to escape instead.
  if (/(^|\/)\.{1,2}$/.test(value)) {
    throw new ArgumentRangeError(
      parameter,
      "must not end in the segment '.' or '..', which no URL can express",
    );
  }
}

/**
 * Checks the prefix of a folder's keys: one that no key may have would fail every file.
 * @throws {TypeError} not a string
 * @throws {RangeError} begins with a slash, or is not well-formed Unicode
 */
export const checkKeyPrefix: Check = (value, parameter) => {
  text(value, parameter);
  checkBeginning(value as string, parameter);
};

/** A leading slash is refused, not removed: the SDKs that remove slashes differ in how many, so the key would be a guess. */
function checkBeginning(value: string, parameter: string): void {
  if (value.startsWith("/")) {
    throw new ArgumentRangeError(
      parameter,
      "must not begin with '/': remove it (the official SDKs do so silently)",
    );
  }
  if (value.startsWith("\\")) throw new ArgumentRangeError(parameter, "must not begin with '\\'");
}

/**
 * The request path of a key, without the leading "/". Dot segments become `.%2F` and `..%2F`: fetch collapses
 * `./`, `../` and their `%2e` forms before sending, and would write to another key with a wrong signature.
 */
export function keyPath(key: string): string {
  const path = /^[\w.~/-]*$/.test(key) ? key : key.split("/").map(percentEncode).join("/");
  return path.includes("./") ? path.replace(/(?<=^|\/)(\.{1,2})\//g, "$1%2F") : path;
}
