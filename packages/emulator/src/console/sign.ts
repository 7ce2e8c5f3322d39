import { sign } from "../auth/canonical.ts";
import { percentEncode } from "../request/percent.ts";
import type { EmulatorCredentials, Settings } from "../types.ts";

/** A request that the page wants to send to this emulator. */
export interface ToSign {
  readonly Method: string;
  readonly Bucket: string;
  readonly Key?: string | undefined;
  readonly Query?: Readonly<Record<string, string>>;
  readonly Headers?: Readonly<Record<string, string>>;
}

/** Seconds that a signature is valid: the request is sent at once. */
const VALID_S = 300;

/** Checks the form of what the page sent. Undefined: it is not a request. */
export function toSignFrom(value: unknown): ToSign | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { Method, Bucket, Key, Query = {}, Headers = {} } = value as Record<string, unknown>;
  if (typeof Method !== "string" || typeof Bucket !== "string") return undefined;
  if ((Key !== undefined && typeof Key !== "string") || !isTexts(Query) || !isTexts(Headers))
    return undefined;
  return { Method, Bucket, Key, Query, Headers };
}

/** The headers of a signature by COS's own rules. Undefined: the emulator has no key. */
export function signHeaders(
  asked: ToSign,
  host: string,
  settings: Settings,
): Record<string, string> | undefined {
  const [pair] = settings.credentials;
  if (pair === undefined) return undefined;
  const authorization = fieldsOf(asked, { ...asked.Headers, host }, pair, settings.now())
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
  return { authorization, ...(pair.token !== undefined && { "x-cos-security-token": pair.token }) };
}

/** The path of a URL that is signed in its query, with the query. Undefined: the emulator has no key. */
export function signedPath(asked: ToSign, host: string, settings: Settings): string | undefined {
  const [pair] = settings.credentials;
  if (pair === undefined) return undefined;
  const token = pair.token === undefined ? [] : [["x-cos-security-token", pair.token] as const];
  const query = [
    ...Object.entries(asked.Query ?? {}),
    ...fieldsOf(asked, { host }, pair, settings.now()),
    ...token,
  ].map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`);
  return `/${asked.Bucket}/${percentEncode(asked.Key ?? "")}?${query.join("&")}`;
}

function fieldsOf(
  { Method, Bucket, Key = "", Query = {} }: ToSign,
  given: Readonly<Record<string, string>>,
  { secretId, secretKey }: EmulatorCredentials,
  now: number,
): (readonly [string, string])[] {
  const headers = byLowerCaseName(given);
  const parameters = byLowerCaseName(Query);
  const start = Math.floor(now / 1000) - 1;
  const end = start + VALID_S;
  const time = { text: `${start};${end}`, start, end };
  const headerNames = namesOf(headers);
  const parameterNames = namesOf(parameters);
  const fields = { secretId, signTime: time, keyTime: time, headerNames, parameterNames, signature: "" };
  const path = `/${Bucket}/${Key}`;
  const signable = { method: Method, path, headers, parameters, headerReading: "latin-1 text" } as const;
  return [
    ["q-sign-algorithm", "sha1"],
    ["q-ak", secretId],
    ["q-sign-time", time.text],
    ["q-key-time", time.text],
    ["q-header-list", headerNames.join(";")],
    ["q-url-param-list", parameterNames.join(";")],
    ["q-signature", sign(signable, fields, secretKey).signature],
  ];
}

function byLowerCaseName(values: Readonly<Record<string, string>>): Map<string, string> {
  return new Map(Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]));
}

function namesOf(values: ReadonlyMap<string, string>): string[] {
  return [...values.keys()].map((name) => percentEncode(name).toLowerCase()).sort();
}

function isTexts(value: unknown): value is Record<string, string> {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every((text) => typeof text === "string")
  );
}
