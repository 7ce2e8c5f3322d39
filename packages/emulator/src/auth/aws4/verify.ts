import { timingSafeEqual } from "node:crypto";
import { CosErrorResponse } from "../../errors.ts";
import { encodeKey } from "../../request/percent.ts";
import type { Caller, Settings } from "../../types.ts";
import type { Incoming } from "../authenticate.ts";
import { headerReadings } from "../canonical.ts";
import { findCredentials } from "../credentials.ts";
import { denied } from "../fields.ts";
import { hostForms } from "../host-forms.ts";
import { checkSignedHeaders } from "../unsigned-headers.ts";
import { checkToken, MAX_SKEW_SECONDS } from "../validity.ts";
import { canonicalRequest, type Signable, signature, signingKey, stringToSign } from "./canonical.ts";
import { type Aws4Fields, headerFields, presignedFields } from "./fields.ts";

/** A verified signature. The chunks of a signed body continue its chain. */
export interface Aws4Session {
  readonly fields: Aws4Fields;
  readonly key: Buffer;
  /** The value of x-amz-content-sha256: a digest, or a word for how the body is signed. */
  readonly payloadHash: string;
}

/** Verifies AWS Signature Version 4, from the header or the query. */
export function verifyAws4(
  incoming: Incoming,
  settings: Settings,
): { readonly caller: Caller; readonly session: Aws4Session } {
  const { headers, query } = incoming;
  const header = headers.get("authorization");
  const fields = header === undefined ? presignedFields(query) : headerFields(header, headers);
  const payloadHash = payloadHashOf(incoming, fields);
  // The payload's digest is a line of its own in what is signed.
  checkSignedHeaders(headers, (name) => name === "x-amz-content-sha256" || fields.headerNames.includes(name));

  const token =
    headers.get("x-amz-security-token") ??
    query.get("X-Amz-Security-Token") ??
    headers.get("x-cos-security-token");
  const credentials = findCredentials(settings.credentials, fields.secretId, token);
  const key = signingKey(credentials.secretKey, fields);
  checkSignature(incoming, fields, key, payloadHash);
  checkTime(fields, settings.now());
  checkToken(credentials, token, settings.now());
  const { policy } = credentials;
  return {
    caller: { kind: "signed", secretId: fields.secretId, policy },
    session: { fields, key, payloadHash },
  };
}

function payloadHashOf({ headers, query }: Incoming, fields: Aws4Fields): string {
  const given = headers.get("x-amz-content-sha256") ?? query.get("X-Amz-Content-Sha256");
  if (given !== undefined) return given;
  if (fields.expiresSeconds !== undefined) return "UNSIGNED-PAYLOAD";
  throw new CosErrorResponse(
    "InvalidRequest",
    "Missing required header for this request: x-amz-content-sha256",
  );
}

function checkSignature(incoming: Incoming, fields: Aws4Fields, key: Buffer, payloadHash: string): void {
  let first: { canonical: string; toSign: string } | undefined;
  for (const candidate of signableForms(incoming, fields, payloadHash)) {
    const canonical = canonicalRequest(candidate);
    const toSign = stringToSign(canonical, candidate.headerReading, fields);
    if (timingSafeEqual(Buffer.from(signature(key, toSign)), Buffer.from(fields.signature))) return;
    first ??= { canonical, toSign };
  }
  throw new CosErrorResponse(
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided.",
    {
      AWSAccessKeyId: fields.secretId,
      StringToSign: first?.toSign ?? "",
      SignatureProvided: fields.signature,
      CanonicalRequest: first?.canonical ?? "",
    },
  );
}

/** Every form of a request that clients sign: the path as sent or escaped again. S3 clients sign the whole path. */
function* signableForms(incoming: Incoming, fields: Aws4Fields, payloadHash: string): Generator<Signable> {
  const { method, address } = incoming;
  for (const path of new Set([...address.signedPaths.slice(0, 1).map(encodeKey), address.rawPath])) {
    for (const host of hostForms(address.host)) {
      const headers = new Map(incoming.headers).set("host", host);
      for (const headerReading of headerReadings(headers, fields.headerNames)) {
        yield {
          method,
          path,
          query: address.query,
          headers,
          headerNames: fields.headerNames,
          headerReading,
          payloadHash,
        };
      }
    }
  }
}

function checkTime(fields: Aws4Fields, now: number): void {
  const { time, date, timestamp, expiresSeconds } = fields;
  if (!timestamp.startsWith(date)) {
    throw new CosErrorResponse(
      "SignatureDoesNotMatch",
      `Date in Credential scope does not match YYYYMMDD from the signature: '${date}' != '${timestamp.slice(0, 8)}'.`,
    );
  }
  const ahead = (time - now) / 1000;
  const behind = expiresSeconds === undefined ? -ahead : 0;
  if (ahead > MAX_SKEW_SECONDS || behind > MAX_SKEW_SECONDS) {
    throw new CosErrorResponse(
      "RequestTimeTooSkewed",
      "The difference between the request time and the server's time is too large.",
      {
        RequestTime: timestamp,
        ServerTime: new Date(now).toISOString(),
        MaxAllowedSkewMilliseconds: String(MAX_SKEW_SECONDS * 1000),
      },
    );
  }
  if (expiresSeconds !== undefined && now > time + expiresSeconds * 1000) {
    throw denied("Request has expired");
  }
}
