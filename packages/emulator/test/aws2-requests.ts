import { createHmac } from "node:crypto";
import type { S3Ask } from "./aws4-requests.ts";
import { BUCKET, HOST, KEYS, queryText } from "./requests.ts";

/** One S3 request with version 2 of the signature. */
export interface Aws2Ask extends Omit<S3Ask, "sign"> {
  readonly bucket?: string;
  readonly secretId?: string;
  readonly secretKey?: string;
  readonly skewMs?: number;
  /** Puts the signature into the query, valid for so many seconds. */
  readonly expires?: number;
}

/** An independent signer. Every parameter of `query` is signed, which is right for sub-resources only. */
export function signAws2(ask: Aws2Ask, nowMs: number): { target: string; headers: Record<string, string> } {
  const { method, path, host = HOST, query = {}, headers = {} } = ask;
  const { bucket = BUCKET, secretId = KEYS.secretId, secretKey = KEYS.secretKey } = ask;
  const expires = ask.expires === undefined ? undefined : String(nowMs / 1000 + ask.expires);
  const date = expires ?? new Date(nowMs + (ask.skewMs ?? 0)).toUTCString();
  const own = Object.entries(headers).filter(([name]) => name.startsWith("x-amz-"));
  const lines = own.sort().map(([name, value]) => `${name}:${value}\n`);
  const named = Object.keys(query)
    .sort()
    .map((name) => (query[name] === "" ? name : `${name}=${query[name]}`));
  const resource = `${host.startsWith(bucket) ? `/${bucket}` : ""}${path}${named.length > 0 ? `?${named.join("&")}` : ""}`;
  const head = [method, headers["content-md5"] ?? "", headers["content-type"] ?? "", date];
  const signature = hmac(secretKey, `${head.join("\n")}\n${lines.join("")}${resource}`);
  const signed = expires && { AWSAccessKeyId: secretId, Expires: expires, Signature: signature };
  const all = { ...query, ...signed };
  return {
    target: Object.keys(all).length > 0 ? `${path}?${queryText(all)}` : path,
    headers: { host, ...headers, ...(!expires && { date, authorization: `AWS ${secretId}:${signature}` }) },
  };
}

/** Base64 of an HMAC with SHA-1. */
export function hmac(key: string, text: string): string {
  return createHmac("sha1", key).update(text, "latin1").digest("base64");
}
