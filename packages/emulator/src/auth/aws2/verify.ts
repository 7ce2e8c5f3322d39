import { createHmac, timingSafeEqual } from "node:crypto";
import { CosErrorResponse } from "../../errors.ts";
import { encodeKey } from "../../request/percent.ts";
import type { Query } from "../../request/query.ts";
import { hoistedHeaders } from "../../s3/request-headers.ts";
import type { Caller, Settings } from "../../types.ts";
import type { Incoming } from "../authenticate.ts";
import { findCredentials } from "../credentials.ts";
import { denied } from "../fields.ts";
import { checkSignedHeaders } from "../unsigned-headers.ts";
import { checkToken, MAX_SKEW_SECONDS } from "../validity.ts";
import { type Aws2Fields, aws2Fields } from "./fields.ts";
import { stringToSign } from "./string-to-sign.ts";

const TOKEN = "x-amz-security-token";

/** Whether a request is signed in this form. Its fields may still be malformed. */
export function isAws2(headers: ReadonlyMap<string, string>, query: Query): boolean {
  const header = headers.get("authorization");
  return header === undefined ? query.has("AWSAccessKeyId") : /^\s*AWS\s/.test(header);
}

/** Verifies AWS Signature Version 2, which Tencent's document recommends for some S3 clients. */
export function verifyAws2(incoming: Incoming, settings: Settings): Caller {
  const { headers, query } = incoming;
  const fields = aws2Fields(headers, query);
  checkSignedHeaders(headers, (name) => name.startsWith("x-amz-"));
  const token = headers.get(TOKEN) ?? query.get(TOKEN);
  const credentials = findCredentials(settings.credentials, fields.secretId, token);
  checkSignature(incoming, fields, credentials.secretKey);
  checkTime(fields, settings.now());
  checkToken(credentials, token, settings.now());
  return { kind: "signed", secretId: fields.secretId, policy: credentials.policy };
}

function checkSignature(incoming: Incoming, fields: Aws2Fields, secretKey: string): void {
  let first: string | undefined;
  for (const text of signableTexts(incoming, fields.date)) {
    const computed = createHmac("sha1", secretKey).update(text, "latin1").digest();
    if (timingSafeEqual(computed, Buffer.from(fields.signature, "base64"))) return;
    first ??= text;
  }
  throw new CosErrorResponse(
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided.",
    { AWSAccessKeyId: fields.secretId, StringToSign: first ?? "", SignatureProvided: fields.signature },
  );
}

function* signableTexts(incoming: Incoming, date: string): Generator<string> {
  const { method, address } = incoming;
  for (const resource of resourcesOf(incoming)) {
    for (const headers of signedHeaders(incoming)) {
      yield stringToSign({ method, headers, date, resource, query: address.query });
    }
  }
}

/** Presigned URLs carry x-amz-* headers as parameters, and sign them as headers; the token may be unsigned. */
function signedHeaders({ headers, query }: Incoming): ReadonlyMap<string, string>[] {
  const all = new Map([...hoistedHeaders(query), ...headers]);
  if (headers.has(TOKEN) || !all.has(TOKEN)) return [all];
  return [all, new Map([...all].filter(([name]) => name !== TOKEN))];
}

/** The resource always begins with the bucket, wherever the bucket stands in the request. */
function resourcesOf({ address }: Incoming): ReadonlySet<string> {
  const { rawPath, key, signedPaths } = address;
  const bucket = address.region === undefined || address.bucket === undefined ? "" : `/${address.bucket}`;
  const paths = [rawPath, ...signedPaths.slice(0, 1).map(encodeKey)];
  // Some clients sign /bucket/ for /bucket.
  if (key === "" && !rawPath.endsWith("/")) paths.push(`${rawPath}/`);
  return new Set(paths.map((path) => bucket + path));
}

function checkTime({ time, source }: Aws2Fields, now: number): void {
  if (source === "query") {
    if (now > time) throw denied("Request has expired");
  } else if (Math.abs(now - time) > MAX_SKEW_SECONDS * 1000) {
    throw new CosErrorResponse(
      "RequestTimeTooSkewed",
      "The difference between the request time and the server's time is too large.",
      { ServerTime: new Date(now).toISOString() },
    );
  }
}
