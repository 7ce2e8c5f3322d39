import type { Credentials } from "@cosup/node";
import { CredentialsError } from "../credentials.ts";

/** The names of Tencent Cloud's STS and of AWS's `credential_process`, the first that is there is used. */
const NAMES = {
  SecretId: ["SecretId", "TmpSecretId", "AccessKeyId"],
  SecretKey: ["SecretKey", "TmpSecretKey", "SecretAccessKey"],
  Token: ["Token", "SessionToken", "XCosSecurityToken"],
  expiresAt: ["ExpiredTime", "Expiration"],
} as const;

/**
 * Reads temporary keys in JSON: one object, or the response of STS, where they are in `Credentials`. Messages never quote
 * the text, which has secrets.
 * @param source what gave the text, for messages
 * @throws {CredentialsError} it is no JSON, or has no key pair
 */
export function readTemporaryKeys(text: string, source: string): Credentials {
  const object = objectOf(text, source);
  const below: unknown = object.Credentials;
  const keys = { ...object, ...(isObject(below) ? below : {}) };
  const one = (names: readonly string[]): unknown =>
    names.map((name) => keys[name]).find((value) => value != null);
  const [SecretId, SecretKey, Token] = [one(NAMES.SecretId), one(NAMES.SecretKey), one(NAMES.Token)];
  if (!isText(SecretId) || !isText(SecretKey))
    throw new CredentialsError(
      `${source} has no SecretId and SecretKey (or AccessKeyId and SecretAccessKey)`,
    );
  if (Token !== undefined && typeof Token !== "string")
    throw new CredentialsError(`${source} has a Token that is no text`);
  const expiresAt = one(NAMES.expiresAt);
  if (expiresAt !== undefined && !isTime(expiresAt))
    throw new CredentialsError(
      `${source} has an Expiration that is neither an ISO 8601 time nor seconds since 1970`,
    );
  return { SecretId, SecretKey, Token: Token || undefined, expiresAt };
}

function objectOf(text: string, source: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    // Without the cause: it quotes the text.
    throw new CredentialsError(`${source} is not JSON`);
  }
  if (isObject(value)) return value;
  throw new CredentialsError(`${source} is not a JSON object`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isTime(value: unknown): value is string | number {
  if (typeof value === "number") return value > 0;
  return (
    typeof value === "string" &&
    (/^\d+$/.test(value) || (/^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value))))
  );
}
