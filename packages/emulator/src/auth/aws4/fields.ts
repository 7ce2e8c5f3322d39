import { CosErrorResponse } from "../../errors.ts";
import type { Query } from "../../request/query.ts";
import { denied } from "../fields.ts";

const ALGORITHM = "AWS4-HMAC-SHA256";
/** One week, the longest validity of a presigned URL. */
const MAX_EXPIRES_SECONDS = 604_800;

/** The fields of an AWS Signature Version 4, from the header or the query. */
export interface Aws4Fields {
  readonly secretId: string;
  /** `date/region/service/aws4_request`. */
  readonly scope: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  /** `20130524T000000Z`, as it was signed. */
  readonly timestamp: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Lower-case names, as listed. */
  readonly headerNames: readonly string[];
  readonly signature: string;
  /** Validity of a presigned URL. Undefined: the signature is in the header. */
  readonly expiresSeconds: number | undefined;
}

/** Reads `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`, with its time from x-amz-date or Date. */
export function headerFields(text: string, headers: ReadonlyMap<string, string>): Aws4Fields {
  const [, algorithm, rest = ""] = /^\s*(\S+)\s*(.*)$/s.exec(text) ?? [];
  const fields = new Map<string, string>();
  for (const pair of rest.split(",")) {
    const equals = pair.indexOf("=");
    if (equals > 0) fields.set(pair.slice(0, equals).trim(), pair.slice(equals + 1).trim());
  }
  if (algorithm !== ALGORITHM) throw malformedHeader("The authorization mechanism is not supported.");
  const date = headers.get("date");
  const time = isoTime(headers.get("x-amz-date") ?? date) ?? httpTime(date);
  if (!time) throw denied("AWS authentication requires a valid Date or x-amz-date header");
  return {
    ...credentialScope(fields.get("Credential"), malformedHeader),
    ...time,
    headerNames: nameList(fields.get("SignedHeaders"), malformedHeader),
    signature: signatureText(fields.get("Signature"), malformedHeader),
    expiresSeconds: undefined,
  };
}

/** Reads the X-Amz-* parameters of a presigned URL. */
export function presignedFields(query: Query): Aws4Fields {
  if (query.get("X-Amz-Algorithm") !== ALGORITHM) throw malformedQuery("X-Amz-Algorithm is not supported.");
  const time = isoTime(query.get("X-Amz-Date"));
  if (!time) throw malformedQuery("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  const expires = query.get("X-Amz-Expires") ?? "";
  const expiresSeconds = Number(expires);
  if (!/^\d{1,9}$/.test(expires) || expiresSeconds < 1 || expiresSeconds > MAX_EXPIRES_SECONDS) {
    throw malformedQuery("X-Amz-Expires must be a number of seconds between 1 and 604800");
  }
  return {
    ...credentialScope(query.get("X-Amz-Credential"), malformedQuery),
    ...time,
    headerNames: nameList(query.get("X-Amz-SignedHeaders"), malformedQuery),
    signature: signatureText(query.get("X-Amz-Signature"), malformedQuery),
    expiresSeconds,
  };
}

type SignedTime = Pick<Aws4Fields, "timestamp" | "time">;
type Malformed = (message: string) => CosErrorResponse;

function malformedHeader(message: string): CosErrorResponse {
  return new CosErrorResponse(
    "AuthorizationHeaderMalformed",
    `The authorization header is malformed; ${message}`,
  );
}

function malformedQuery(message: string): CosErrorResponse {
  return new CosErrorResponse("AuthorizationQueryParametersError", message);
}

/** A SecretId may hold slashes, the scope may not, so it is read from its end. */
function credentialScope(
  text: string | undefined,
  malformed: Malformed,
): Pick<Aws4Fields, "secretId" | "scope" | "date" | "region" | "service"> {
  const match = /^(.+)\/((\d{8})\/([^/]+)\/([^/]+)\/([^/]+))$/s.exec(text ?? "");
  const [, secretId = "", scope = "", date = "", region = "", service = "", terminator] = match ?? [];
  if (!match) throw malformed("the Credential must be KEY/YYYYMMDD/REGION/SERVICE/aws4_request.");
  if (terminator !== "aws4_request") throw malformed('the Credential must end in "aws4_request".');
  if (service !== "s3") throw malformed('the service of the Credential must be "s3".');
  return { secretId, scope, date, region, service };
}

function nameList(text: string | undefined, malformed: Malformed): readonly string[] {
  const names = (text ?? "").toLowerCase().split(";").filter(Boolean);
  if (!names.includes("host")) throw malformed("the SignedHeaders must contain host.");
  return names;
}

function signatureText(text: string | undefined, malformed: Malformed): string {
  if (!/^[0-9a-f]{64}$/.test(text ?? "")) throw malformed("the Signature must be 64 hexadecimal digits.");
  return text ?? "";
}

/** Reads `20130524T000000Z`. */
function isoTime(text = ""): SignedTime | undefined {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(text) ?? [];
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? undefined : { time, timestamp: text };
}

/** The form of HTTP's Date header. */
function httpTime(text = ""): SignedTime | undefined {
  const time = Date.parse(text);
  if (Number.isNaN(time)) return undefined;
  const timestamp = new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, "");
  return isoTime(timestamp);
}
