import { percentEncode } from "../../request/percent.ts";
import type { Call } from "../../types.ts";

export type ConditionType = "string" | "numeric" | "boolean" | "ip";

/** Where the value of a condition key comes from. */
export interface ConditionKey {
  readonly type: ConditionType;
  /** The value is percent-encoded, as COS compares request parameters. */
  readonly encoded?: true;
  readonly fact: (call: Call) => string | undefined;
}

const header = (name: string): ConditionKey => ({ type: "string", fact: (call) => call.header(name) });

/** An empty parameter is there, and its value is empty. */
const parameter = (name: string): ConditionKey => ({
  type: "string",
  encoded: true,
  fact: ({ query }) => (query.has(name) ? percentEncode(query.get(name) ?? "") : undefined),
});

/** Not in the document, but in policies that others use with COS. */
const UNDOCUMENTED = [
  "x-cos-forbid-overwrite",
  "x-cos-grant-read",
  "x-cos-grant-read-acp",
  "x-cos-grant-write-acp",
  "x-cos-grant-full-control",
];

function tlsVersion({ connection }: Call): string | undefined {
  return connection?.tlsVersion;
}

/** The condition keys of document 436/71306 that can be evaluated without VPC and tags of buckets. */
export const CONDITION_KEYS: ReadonlyMap<string, ConditionKey> = new Map<string, ConditionKey>([
  ["qcs:ip", { type: "ip", fact: (call) => call.connection?.remoteAddress?.replace(/^::ffff:/i, "") }],
  ["cos:secure-transport", { type: "boolean", fact: (call) => String(tlsVersion(call) !== undefined) }],
  // A request without TLS has no version of it.
  ["cos:tls-version", { type: "numeric", fact: tlsVersion }],
  ["cos:host", { type: "string", fact: (call) => call.address.host }],
  ["cos:content-length", { ...header("content-length"), type: "numeric" }],
  ["cos:content-type", header("content-type")],
  ["cos:x-cos-acl", header("x-cos-acl")],
  ["cos:x-cos-storage-class", header("x-cos-storage-class")],
  ...UNDOCUMENTED.map((name) => [`cos:${name}`, header(name)] as const),
  ["cos:prefix", parameter("prefix")],
  ["cos:versionid", parameter("versionid")],
  ["cos:response-content-type", parameter("response-content-type")],
]);
