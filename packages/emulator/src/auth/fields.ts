import { CosErrorResponse } from "../errors.ts";
import type { Query } from "../request/query.ts";

/** The validity of a signature in Unix seconds, with the text that was signed. */
export interface TimeWindow {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The fields of a signature, from the header or the query. */
export interface SignatureFields {
  readonly secretId: string;
  readonly signTime: TimeWindow;
  readonly keyTime: TimeWindow;
  readonly headerNames: readonly string[];
  readonly parameterNames: readonly string[];
  readonly signature: string;
}

/** Reads the `k=v&k=v` of Authorization. Nothing is escaped; a value ends at the next ampersand. */
export function parseAuthorization(text: string): SignatureFields {
  const fields = new Map<string, string>();
  for (const pair of text.trim().split("&")) {
    const equals = pair.indexOf("=");
    if (equals > 0) fields.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
  return fieldsFrom((name) => fields.get(name));
}

/** Checks the form of the fields. Malformed fields are AccessDenied, like a missing signature. */
export function fieldsFrom(get: (name: string) => string | undefined): SignatureFields {
  const secretId = get("q-ak");
  const signature = get("q-signature");
  if (get("q-sign-algorithm") !== "sha1" || !secretId || !signature || !/^[0-9a-f]{40}$/.test(signature)) {
    throw denied();
  }
  return {
    secretId,
    signature,
    signTime: parseWindow(get("q-sign-time")),
    keyTime: parseWindow(get("q-key-time")),
    headerNames: parseList(get("q-header-list")),
    parameterNames: parseList(get("q-url-param-list")),
  };
}

/** The fields of a presigned URL: separate parameters, or all of them inside `sign=`. */
export function presignedFields(query: Query): SignatureFields | undefined {
  if (query.has("q-signature") || query.has("q-ak")) return fieldsFrom((name) => query.get(name));
  const merged = query.get("sign");
  return merged === undefined ? undefined : parseAuthorization(merged);
}

export function denied(message = "Access Denied."): CosErrorResponse {
  return new CosErrorResponse("AccessDenied", message);
}

function parseWindow(text: string | undefined): TimeWindow {
  const match = /^(\d{1,12});(\d{1,12})$/.exec(text ?? "");
  if (!match || text === undefined) throw denied();
  const [start, end] = [Number(match[1]), Number(match[2])];
  if (start > end) throw denied();
  return { text, start, end };
}

// Tencent's examples list some names in mixed case. What is signed is `name=value&…`, so a name that is not escaped could
// stand for several.
function parseList(text: string | undefined): readonly string[] {
  const names = (text ?? "").toLowerCase().split(";").filter(Boolean);
  if (names.some((name) => /[=&\s]/.test(name))) throw denied();
  return names;
}
