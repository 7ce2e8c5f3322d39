import { hmac, importKey, type SigningKey } from "../auth/sign.ts";
import { ArgumentRangeError, ArgumentTypeError } from "../errors.ts";
import { toBase64 } from "../text/base64.ts";
import { toHex } from "../text/hex.ts";
import { utf8 } from "../text/utf8.ts";

/**
 * What a form must fulfil: a field that equals a value (`{ acl: "private" }` or `["eq", "$acl", "private"]`), one that
 * begins with a value, or the length of the file in bytes.
 */
export type PostCondition =
  | Readonly<Record<string, string>>
  | readonly [kind: "eq" | "starts-with", field: `$${string}`, value: string]
  | readonly [kind: "content-length-range", least: number, most: number];

/** From when and until when a form is accepted, in Unix seconds. */
export interface PostTime {
  readonly start: number;
  readonly end: number;
}

/**
 * The fields that sign a form: the policy, and its signature. The policy binds them to the key pair and to their time, as
 * COS requires. COS document 436/14690.
 */
export async function signedPolicy(
  key: SigningKey,
  { start, end }: PostTime,
  conditions: readonly PostCondition[],
): Promise<Record<string, string>> {
  const keyTime = `${start};${end}`;
  const signing = [{ "q-sign-algorithm": "sha1" }, { "q-ak": key.SecretId }, { "q-sign-time": keyTime }];
  const expiration = new Date(end * 1000).toISOString();
  const policy = utf8(JSON.stringify({ expiration, conditions: [...conditions, ...signing] }));
  const digest = toHex(new Uint8Array(await crypto.subtle.digest("SHA-1", policy)));
  // The key of the second HMAC is the hex text of the first, as in every signature of COS.
  const signKey = await hmac(await importKey(key.SecretKey), keyTime);
  return {
    policy: toBase64(policy),
    "q-sign-algorithm": "sha1",
    "q-ak": key.SecretId,
    "q-key-time": keyTime,
    "q-signature": await hmac(await importKey(signKey), digest),
  };
}

/** Checks the conditions that a caller gives. */
export function checkConditions(value: unknown, parameter: string): void {
  if (!Array.isArray(value)) throw new ArgumentTypeError(parameter, "must be an array of conditions");
  for (const [index, condition] of value.entries()) {
    if (!(Array.isArray(condition) ? isTriple(condition) : isRecordOfTexts(condition))) {
      throw new ArgumentTypeError(
        `${parameter}[${index}]`,
        "must be { field: value }, ['eq' or 'starts-with', '$field', value] or ['content-length-range', least, most]",
      );
    }
  }
}

/** Checks a range of file lengths. */
export function checkLengthRange(value: unknown, parameter: string): void {
  if (!Array.isArray(value) || value.length !== 2 || !value.every((bytes) => typeof bytes === "number")) {
    throw new ArgumentTypeError(parameter, "must be [least, most] in bytes");
  }
  if (!isRange(value[0], value[1])) {
    throw new ArgumentRangeError(parameter, "must be two whole numbers of bytes, the smaller one first");
  }
}

function isTriple([kind, first, second, ...others]: readonly unknown[]): boolean {
  if (others.length > 0) return false;
  if (kind === "content-length-range") return isRange(first, second);
  const names = typeof first === "string" && first.length > 1 && first.startsWith("$");
  return (kind === "eq" || kind === "starts-with") && names && typeof second === "string";
}

function isRange(least: unknown, most: unknown): boolean {
  return (
    Number.isSafeInteger(least) &&
    Number.isSafeInteger(most) &&
    0 <= Number(least) &&
    Number(least) <= Number(most)
  );
}

function isRecordOfTexts(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const values = Object.values(value);
  return values.length > 0 && values.every((text) => typeof text === "string");
}
