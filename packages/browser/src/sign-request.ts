import type { RequestToSign, Runtime } from "@cosup/core/runtime";
import { ArgumentTypeError } from "@cosup/core/upload";

/**
 * Lets a server sign one request, as a page calls it: the server checks that its user may send it, and returns what
 * `cos.sign()` returns. Called for each attempt of each request.
 */
export type RequestSigner = (request: RequestToSign) => Promise<SignedRequest> | SignedRequest;

/** What `cos.sign()` returns on a server; `url` is not used. */
export interface SignedRequest {
  /** `authorization`, and `x-cos-security-token` when the server signs with temporary keys. */
  readonly headers: Readonly<Record<string, string>>;
}

const TAKEN = ["authorization", "x-cos-security-token"];

/** Calls the page's signer, and takes the headers of the signature from what it returns. */
export function signedBy(signer: RequestSigner): NonNullable<Runtime["signRequest"]> {
  return async (request) => {
    const { headers } = (await signer(request)) ?? {};
    const entries = Object.entries(headers ?? {}).map(
      ([name, value]) => [name.toLowerCase(), value] as const,
    );
    const taken = Object.fromEntries(
      entries.filter(([name, value]) => TAKEN.includes(name) && hasValue(value)),
    );
    if (taken.authorization === undefined || !Object.values(taken).every(isHeader)) {
      throw new ArgumentTypeError(
        "signRequest",
        "must return { headers } with authorization: what cos.sign() returns on your server",
      );
    }
    return taken;
  };
}

/** A server that signs without temporary keys may return an empty token. */
function hasValue(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

/** Printable ASCII: of anything else, fetch would say what it says of a broken line. */
function isHeader(value: unknown): boolean {
  return typeof value === "string" && /^[\x20-\x7e]+$/.test(value);
}
