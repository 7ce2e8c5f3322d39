import { ArgumentRangeError, ArgumentTypeError } from "../errors.ts";

/** Throws a typed error naming `parameter` when `value` is not accepted. */
export type Check = (value: unknown, parameter: string) => void;

export const text: Check = (value, parameter) => {
  if (typeof value !== "string") throw new ArgumentTypeError(parameter, "must be a string");
  // A lone surrogate has no UTF-8: it can neither be sent nor signed.
  if (!value.isWellFormed())
    throw new ArgumentRangeError(parameter, "must be well-formed Unicode (it has a lone surrogate)");
};

export const flag: Check = (value, parameter) => {
  if (typeof value !== "boolean") throw new ArgumentTypeError(parameter, "must be true or false");
};

export const callback: Check = (value, parameter) => {
  if (typeof value !== "function") throw new ArgumentTypeError(parameter, "must be a function");
};

export const flagOrCallback: Check = (value, parameter) => {
  if (typeof value === "boolean" || typeof value === "function") return;
  throw new ArgumentTypeError(parameter, "must be true, false or a function");
};

export const abortSignal: Check = (value, parameter) => {
  if (!hasMethods(value, ["throwIfAborted", "addEventListener", "removeEventListener"])) {
    throw new ArgumentTypeError(parameter, "must be an AbortSignal");
  }
};

export const record: Check = (value, parameter) => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ArgumentTypeError(parameter, "must be an object");
  }
};

/** An object whose values are strings. */
export const texts: Check = (value, parameter) => {
  record(value, parameter);
  for (const [name, item] of Object.entries(value as object)) text(item, `${parameter}.${name}`);
};

/** Headers that another program sends: every name that HTTP allows, with any text. */
export const headerTexts: Check = (value, parameter) => {
  texts(value, parameter);
  for (const name of Object.keys(value as object)) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
      throw new ArgumentRangeError(parameter, `'${name}' is not a header name`);
    }
  }
};

/** Where checkpoints are kept: by default, in a directory, or in a store of the caller's. */
export const checkpointPlace: Check = (value, parameter) => {
  if (typeof value === "boolean" || hasMethods(value, ["load", "save", "remove", "lock"])) return;
  if (value instanceof URL ? value.protocol === "file:" : typeof value === "string" && value !== "") return;
  const accepted = "must be true, a directory (a path or a file: URL), or a CheckpointStore";
  throw new ArgumentTypeError(parameter, `${accepted}, with load, save, remove and lock`);
};

function hasMethods(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== "object" || value === null) return false;
  return names.every((name) => typeof (value as Readonly<Record<string, unknown>>)[name] === "function");
}

/** Accepts any value: the operation itself checks it. */
export const unchecked: Check = () => {};

export const globs: Check = (value, parameter) => {
  if (!Array.isArray(value) || !value.every((glob) => typeof glob === "string" && glob !== "")) {
    throw new ArgumentTypeError(parameter, "must be an array of glob patterns");
  }
};

/**
 * A whole number, or a string of its digits, as Tencent's samples write some of them.
 * @param unit what is counted, for the message
 */
export function wholeNumber(minimum: number, maximum: number, unit = ""): Check {
  const accepted = `must be a whole number${unit && ` of ${unit},`} from ${minimum} to ${maximum}`;
  return (value, parameter) => {
    const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
    if (typeof number !== "number") throw new ArgumentTypeError(parameter, accepted);
    if (!Number.isInteger(number) || number < minimum || number > maximum) {
      throw new ArgumentRangeError(parameter, `${accepted}, not ${number}`);
    }
  };
}

export function oneOf(...accepted: readonly string[]): Check {
  const list = accepted.map((word) => `'${word}'`).join(", ");
  return (value, parameter) => {
    if (typeof value !== "string" || !accepted.includes(value)) {
      throw new ArgumentRangeError(parameter, `must be one of ${list}`);
    }
  };
}

export function matching(pattern: RegExp, accepted: string): Check {
  return (value, parameter) => {
    if (typeof value !== "string") throw new ArgumentTypeError(parameter, `must be a string: ${accepted}`);
    if (!pattern.test(value)) throw new ArgumentRangeError(parameter, `must be ${accepted}`);
  };
}

/** A header value that fetch, every proxy and COS pass on unchanged. */
export const headerValue: Check = (value, parameter) => {
  if (typeof value !== "string") throw new ArgumentTypeError(parameter, "must be a string");
  if (!/^[\x20-\x7e\t]*$/.test(value)) {
    throw new ArgumentRangeError(
      parameter,
      "must be printable ASCII without line breaks; percent-encode anything else (for a file name, use filename*=UTF-8''…)",
    );
  }
};

/** The name of a bucket: lower-case letters, and the account's APPID. */
export const bucketName: Check = matching(
  /^(?=.{1,63}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?-\d+$/,
  "BucketName-APPID, as in examplebucket-1250000000 (lower-case letters, digits and '-')",
);

/** A region's name. */
export const regionName: Check = matching(/^[a-z\d]+(-[a-z\d]+)*$/, "a region name, as in ap-guangzhou");

/** Base64 of 16 bytes. */
export const contentMd5 = matching(
  /^[A-Za-z0-9+/]{22}==$/,
  "the base64 of a 16-byte MD5 digest (24 characters)",
);
