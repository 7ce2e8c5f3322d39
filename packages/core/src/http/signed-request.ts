import type { Credentials } from "../auth/credentials.ts";
import type { Signer } from "../auth/sign.ts";
import { signedHeaders } from "../auth/signed-headers.ts";
import type { WireRequest } from "../runtime/wire.ts";
import type { Endpoint } from "./endpoint.ts";
import type { RequestSpec } from "./request-spec.ts";

/** What the signature of a request needs of the client. */
export interface SigningContext {
  readonly endpoint: Endpoint;
  readonly signer: Signer;
  readonly userAgent: string;
}

export type SignedRequest = Pick<WireRequest, "url" | "headers">;

type SpecToSign = Pick<RequestSpec, "method" | "Bucket" | "Key" | "query" | "headers">;

/**
 * The URL of a request, and its headers with the signature: at once where the runtime has a synchronous SHA-1, which saves a
 * small object four turns of the microtask queue.
 * @param keyTime `start;end` in Unix seconds: when the signature is valid
 * @param backup for the backup domain
 */
export function signedRequest(
  context: SigningContext,
  spec: SpecToSign,
  credentials: Credentials,
  keyTime: string,
  backup: boolean,
): SignedRequest | Promise<SignedRequest> {
  const address = context.endpoint.address(spec.Bucket, spec.Key, spec.query, backup);
  const { Token } = credentials;
  const given = Token ? { "x-cos-security-token": Token, ...spec.headers } : spec.headers;
  const headers = signedHeaders(given);
  // Host is signed but never set: fetch derives it from the URL, and forbids it as a header.
  headers.push(["host", address.host]);
  const { pathname } = address;
  const request = { method: spec.method, pathname, query: spec.query, headers, keyTime };
  const authorization = context.signer.authorization(credentials, request);
  const signed = (value: string): SignedRequest => {
    const all = Object.assign({ authorization: value, "user-agent": "" }, given);
    // Also where the caller gave one.
    all["user-agent"] = context.userAgent;
    return { url: address.url, headers: all };
  };
  return typeof authorization === "string" ? signed(authorization) : authorization.then(signed);
}
