import { percentDecode } from "../../request/percent.ts";
import { denied } from "../fields.ts";

/** Parameters that are part of what is signed, in lower case. COS's `append` selects another operation, too. */
const SIGNED: ReadonlySet<string> = new Set(
  (
    "accelerate acl append cors delete encryption inventory lifecycle location logging notification object-lock partNumber " +
    "policy replication requestPayment response-cache-control response-content-disposition response-content-encoding " +
    "response-content-language response-content-type response-expires restore retention tagging torrent uploadId " +
    "uploads versionId versioning versions website"
  )
    .toLowerCase()
    .split(" "),
);

/** The parts of a request that the signature covers. */
export interface Signable {
  readonly method: string;
  /** One character per byte. */
  readonly headers: ReadonlyMap<string, string>;
  /** The text of the date, or of the time when a URL expires. */
  readonly date: string;
  /** `/bucket/key`, escaped. */
  readonly resource: string;
  /** The query as it was sent, without its question mark. */
  readonly query: string;
}

export function stringToSign({ method, headers, date, resource, query }: Signable): string {
  const own = [...headers]
    .filter(([name]) => name.startsWith("x-amz-"))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value.trim()}\n`);
  const head = [method, headers.get("content-md5") ?? "", headers.get("content-type") ?? "", date];
  return `${head.join("\n")}\n${own.join("")}${resource}${signedQuery(query)}`;
}

/** Parameters without a value are signed without an equals sign; values are signed decoded, one character per byte. */
function signedQuery(query: string): string {
  const parameters = query
    .split("&")
    .map((pair) => {
      const equals = pair.indexOf("=");
      const name = percentDecode(equals < 0 ? pair : pair.slice(0, equals));
      return [name, equals < 0 ? "" : percentDecode(pair.slice(equals + 1))] as const;
    })
    .filter(([name]) => isSigned(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  if (parameters.some(([, value]) => holdsParameter(value))) throw denied();
  const text = parameters.map(([name, value]) => (value === "" ? name : `${name}=${value}`)).join("&");
  return parameters.length > 0 ? `?${Buffer.from(text, "utf8").toString("latin1")}` : "";
}

function isSigned(name: string): boolean {
  return SIGNED.has(name.toLowerCase());
}

/** Values are signed decoded, so `a&versionId=1` as one value is signed like a value and a version. */
function holdsParameter(value: string): boolean {
  return value
    .split("&")
    .slice(1)
    .some((pair) => isSigned(pair.replace(/=.*$/s, "")));
}
