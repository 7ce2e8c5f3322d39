import { timingSafeEqual } from "node:crypto";
import { CosErrorResponse } from "../errors.ts";
import type { Address } from "../request/address.ts";
import { percentDecode } from "../request/percent.ts";
import type { Query } from "../request/query.ts";
import type { Caller, Settings } from "../types.ts";
import { headerReadings, type Signable, type Signed, sign } from "./canonical.ts";
import { findCredentials } from "./credentials.ts";
import { parseAuthorization, presignedFields, type SignatureFields } from "./fields.ts";
import { hostForms } from "./host-forms.ts";
import { checkTime, checkToken } from "./validity.ts";

/** The parts of a request that authentication needs. */
export interface Incoming {
  readonly method: string;
  readonly address: Address;
  readonly query: Query;
  readonly headers: ReadonlyMap<string, string>;
}

/**
 * Verifies COS's own signature of a request, from its header or its query. A request without a signature is anonymous;
 * `checkReader` refuses it unless it reads a public object.
 */
export function authenticate(incoming: Incoming, settings: Settings): Caller {
  // A browser's preflight of a presigned URL has the signature of another method in its query.
  if (incoming.method === "OPTIONS") return { kind: "anonymous" };
  const header = incoming.headers.get("authorization");
  const fields = header === undefined ? presignedFields(incoming.query) : parseAuthorization(header);
  if (!fields) return { kind: "anonymous" };

  const token =
    incoming.headers.get("x-cos-security-token") ?? incoming.query.get("x-cos-security-token") ?? undefined;
  const credentials = findCredentials(settings.credentials, fields.secretId, token);
  checkSignature(incoming, fields, credentials.secretKey);
  checkTime(fields, incoming.headers, settings.now());
  checkToken(credentials, token, settings.now());
  return { kind: "signed", secretId: fields.secretId, policy: credentials.policy };
}

function checkSignature(incoming: Incoming, fields: SignatureFields, secretKey: string): void {
  const complete = fields.parameterNames.every((name) => incoming.query.has(percentDecode(name)));
  let first: Signed | undefined;
  for (const candidate of signableForms(incoming, fields)) {
    const signed = sign(candidate, fields, secretKey);
    const same = timingSafeEqual(Buffer.from(signed.signature), Buffer.from(fields.signature));
    // Without a parameter that was signed with an empty value, the request may be another: DELETE without ?tagging.
    if (same && complete) return;
    first ??= signed;
  }
  // The service includes the strings that it computed, so that they can be compared with those of the client.
  throw new CosErrorResponse(
    "SignatureDoesNotMatch",
    "The Signature you specified is invalid.",
    first && { StringToSign: first.stringToSign, FormatString: first.httpString },
  );
}

/** Every form of a request that clients sign: combinations of path, host with or without port, and header encoding. */
function* signableForms(incoming: Incoming, fields: SignatureFields): Generator<Signable> {
  const parameters = incoming.query.byLowerCaseName();
  for (const path of incoming.address.signedPaths) {
    for (const host of hostForms(incoming.address.host)) {
      const headers = new Map(incoming.headers).set("host", host);
      for (const headerReading of headerReadings(headers, fields.headerNames)) {
        yield { method: incoming.method, path, headers, parameters, headerReading };
      }
    }
  }
}
