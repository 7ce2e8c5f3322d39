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

/**
 * The URL of a request, and its headers with the signature.
 * @param keyTime `start;end` in Unix seconds: when the signature is valid
 * @param backup for the backup domain
 */
export async function signedRequest(
  context: SigningContext,
  spec: Pick<RequestSpec, "method" | "Bucket" | "Key" | "query" | "headers">,
  credentials: Credentials,
  keyTime: string,
  backup: boolean,
): Promise<SignedRequest> {
  const address = context.endpoint.address(spec.Bucket, spec.Key, spec.query, backup);
  const { Token } = credentials;
  const given = Token ? { "x-cos-security-token": Token, ...spec.headers } : spec.headers;
  const authorization = await context.signer.authorization(credentials, {
    method: spec.method,
    pathname: address.pathname,
    query: spec.query,
    // Host is signed but never set: fetch derives it from the URL, and forbids it as a header.
    headers: [["host", address.host], ...signedHeaders(given)],
    keyTime,
  });
  const headers: Record<string, string> = { authorization, "user-agent": "", ...given };
  headers["user-agent"] = context.userAgent;
  return { url: address.url, headers };
}
