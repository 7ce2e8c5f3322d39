import type { Query } from "../../request/query.ts";
import { denied } from "../fields.ts";

/** The fields of an AWS Signature Version 2, from the header or the query. */
export interface Aws2Fields {
  readonly secretId: string;
  /** Base64. */
  readonly signature: string;
  /** The text of the date that is signed. Empty: it is signed as x-amz-date. */
  readonly date: string;
  /** Milliseconds since the epoch: when the request was made or, in a URL, when it expires. */
  readonly time: number;
  readonly source: "header" | "query";
}

/** Reads `AWS SecretId:signature`, or the parameters AWSAccessKeyId, Expires and Signature. */
export function aws2Fields(headers: ReadonlyMap<string, string>, query: Query): Aws2Fields {
  const header = headers.get("authorization");
  if (header === undefined) return presignedFields(query);
  // A SecretId may hold a colon, base64 does not.
  const [, secretId, signature] = /^\s*AWS\s+(\S.*):([A-Za-z0-9+/]{27}=)\s*$/s.exec(header) ?? [];
  const date = headers.get("x-amz-date") === undefined ? (headers.get("date") ?? "") : "";
  const time = Date.parse(headers.get("x-amz-date") ?? date);
  if (!secretId || !signature || Number.isNaN(time)) throw denied();
  return { secretId, signature, date, time, source: "header" };
}

function presignedFields(query: Query): Aws2Fields {
  const [secretId, signature] = [query.get("AWSAccessKeyId"), query.get("Signature")];
  const date = query.get("Expires") ?? "";
  if (!secretId || !/^[A-Za-z0-9+/]{27}=$/.test(signature ?? "") || !/^\d{1,11}$/.test(date)) throw denied();
  return { secretId, signature: signature ?? "", date, time: Number(date) * 1000, source: "query" };
}
