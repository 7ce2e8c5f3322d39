import { ArgumentRangeError, ArgumentTypeError } from "../errors.ts";
import { type Check, oneOf, record, text } from "./checks.ts";
import { checkKey } from "./key.ts";
import { BUCKET } from "./shared-parameters.ts";

/** Query parameters by their names. An empty value for those that have none, such as `acl`; undefined: not sent. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** Parameters of a signature, which this package makes. */
const OF_SIGNATURE = /^(q-.*|sign|x-cos-security-token)$/i;

const queryValues: Check = (value, parameter) => {
  record(value, parameter);
  for (const [name, item] of Object.entries(value as object)) {
    text(name, parameter);
    if (name === "" || OF_SIGNATURE.test(name))
      throw new ArgumentRangeError(
        parameter,
        `must not have '${name}': it is no name, or part of a signature`,
      );
    if (!["string", "undefined", "boolean"].includes(typeof item) && !Number.isFinite(item))
      throw new ArgumentTypeError(`${parameter}.${name}`, "must be a string, a finite number or a boolean");
    text(String(item), `${parameter}.${name}`);
  }
};

/** What names a request of any kind. */
export const ANY_REQUEST = {
  Method: { check: oneOf("GET", "PUT", "POST", "HEAD", "DELETE", "OPTIONS"), required: true },
  Bucket: BUCKET,
  Key: { check: checkKey },
  Query: { check: queryValues },
} as const;

export function pairsOf(query: Query | undefined): [string, string][] {
  return Object.entries(query ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
}
