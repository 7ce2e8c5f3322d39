import {
  ArgumentTypeError,
  type CosOptions,
  type CredentialProvider,
  type Credentials,
} from "@cosup/core/upload";
import type { RequestSigner } from "./sign-request.ts";

/** {@link CosOptions} and options of browsers. One of `credentials` and `signRequest` is needed. */
export interface BrowserCosOptions extends CosOptions {
  /**
   * Lets your server sign each request, in place of `credentials`, so that no key reaches the page at all. The server checks
   * that its user may send the request, and returns `await cos.sign(request)` of `@cosup/node`. The client of the server
   * needs the same Region or Endpoint, because the host is signed. Costs one request to your server for each to COS.
   */
  readonly signRequest?: RequestSigner | undefined;
  /**
   * Accept a SecretKey without a Token; default false. Everybody who opens the page can read its keys, and those without a
   * Token do not expire. For tests against an emulator, and for pages that only their owner opens.
   */
  readonly allowLongTermKeys?: boolean | undefined;
}

/** For core, which wants credentials although it signs nothing. They are not secret, and sent nowhere. */
const NO_KEY: Credentials = { SecretId: "signed-by-a-server", SecretKey: "none" };

/**
 * Checks the options that core does not know, and makes options of core from all.
 * @throws {TypeError} a wrong option; a SecretKey without a Token; a page without a secure context
 */
export function coreOptions(options: BrowserCosOptions): CosOptions {
  const { allowLongTermKeys, signRequest, ...given } = options;
  const allow = allowLongTermKeys ?? false;
  if (typeof allow !== "boolean") throw new ArgumentTypeError("allowLongTermKeys", "must be true or false");
  requireSecureContext();
  if (signRequest !== undefined && signRequest !== null) return withoutKeys(given, signRequest);
  if (allow) return given;
  if (given.SecretKey && !given.Token) throw longTermKey();
  const { credentials } = given;
  return typeof credentials === "function" ? { ...given, credentials: onlyTemporary(credentials) } : given;
}

function withoutKeys(given: CosOptions, signRequest: unknown): CosOptions {
  if (typeof signRequest !== "function") throw new ArgumentTypeError("signRequest", "must be a function");
  for (const name of ["SecretId", "SecretKey", "Token", "credentials"] as const) {
    if (given[name] !== undefined && given[name] !== null)
      throw new ArgumentTypeError("signRequest", `excludes ${name}: give one or the other`);
  }
  // The server signs for one host.
  return { ...given, credentials: () => NO_KEY, backupDomain: false };
}

/** Without a secure context, a browser has neither `crypto.subtle`, which signs, nor locks. */
function requireSecureContext(): void {
  if ((globalThis as { isSecureContext?: boolean }).isSecureContext !== false) return;
  throw new ArgumentTypeError(
    "createCos",
    "needs a page that was loaded by https, or from localhost: browsers sign in no other",
  );
}

function onlyTemporary(provider: CredentialProvider): CredentialProvider {
  return async (): Promise<Credentials> => {
    const credentials = await provider();
    if (credentials?.SecretKey && !credentials.Token) throw longTermKey();
    return credentials;
  };
}

function longTermKey(): ArgumentTypeError {
  return new ArgumentTypeError(
    "SecretKey",
    "without a Token must not be in a web page, where everybody can read it: let your server return temporary keys " +
      "to `credentials`, or set allowLongTermKeys",
  );
}
