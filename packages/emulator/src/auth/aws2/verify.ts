import { createHmac, timingSafeEqual } from "node:crypto";
import { CosErrorResponse } from "../../errors.ts";
import { encodeKey } from "../../request/percent.ts";
import type { Query } from "../../request/query.ts";
import type { Caller, Settings } from "../../types.ts";
import type { Incoming } from "../authenticate.ts";
import { findCredentials } from "../credentials.ts";
import { denied } from "../fields.ts";
import { checkToken, MAX_SKEW_SECONDS } from "../validity.ts";
import { type Aws2Fields, aws2Fields } from "./fields.ts";
import { stringToSign } from "./string-to-sign.ts";

/** Whether a request is signed in this form. Its fields may still be malformed. */
export function isAws2(headers: ReadonlyMap<string, string>, query: Query): boolean {
  const header = headers.get("authorization");
  return header === undefined ? query.has("AWSAccessKeyId") : /^\s*AWS\s/.test(header);
}

/** Verifies AWS Signature Version 2, which Tencent's document recommends for some S3 clients. */
export function verifyAws2(incoming: Incoming, settings: Settings): Caller {
  const { headers, query } = incoming;
  const fields = aws2Fields(headers, query);
  const token = headers.get("x-amz-security-token") ?? query.get("x-amz-security-token");
  const credentials = findCredentials(settings.credentials, fields.secretId, token);
  checkSignature(incoming, fields, credentials.secretKey);
  checkTime(fields, settings.now());
  checkToken(credentials, token, settings.now());
  return { kind: "signed", secretId: fields.secretId, policy: credentials.policy };
}

function checkSignature(incoming: Incoming, fields: Aws2Fields, secretKey: string): void {
  let first: string | undefined;
  for (const resource of resourcesOf(incoming)) {
    const { method, headers, address } = incoming;
    const text = stringToSign({ method, headers, date: fields.date, resource, query: address.query });
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

/** The resource always begins with the bucket, wherever the bucket stands in the request. */
function resourcesOf({ address }: Incoming): ReadonlySet<string> {
  const paths = [address.rawPath, ...address.signedPaths.map(encodeKey)];
  const bucket = address.bucket === undefined ? "" : `/${address.bucket}`;
  return new Set([...(address.region === undefined ? paths : []), ...paths.map((path) => bucket + path)]);
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
