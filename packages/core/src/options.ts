import type { CredentialProvider, Credentials } from "./auth/credentials.ts";
import { checkCredentials } from "./auth/credentials.ts";
import { ArgumentTypeError } from "./errors.ts";
import { callback, flag, flagOrCallback, oneOf, regionName, text, wholeNumber } from "./params/checks.ts";
import { checkParameters, type ParameterTable } from "./params/table.ts";

/** What a client is made of. Either `SecretId` and `SecretKey`, or `credentials`. An option that is null is not given. */
export interface CosOptions {
  /** As in `ap-guangzhou`; not needed when `Endpoint` does not mention it. */
  readonly Region?: string | undefined;
  /** Names the key pair; not secret. */
  readonly SecretId?: string | undefined;
  /** What requests are signed with; never sent, logged or kept. */
  readonly SecretKey?: string | undefined;
  /** Session token of temporary credentials. */
  readonly Token?: string | null | undefined;
  /** Returns credentials, and is called again before they expire; one call however many requests wait. */
  readonly credentials?: CredentialProvider | undefined;
  /** `https` (default) or `http`, for the default endpoint. */
  readonly Scheme?: "https" | "http" | undefined;
  /**
   * URL template: `https://{Bucket}.cos.{Region}.myqcloud.com` by default, `http://127.0.0.1:9000/{Bucket}` for a
   * path-style test server, or a custom domain without placeholders.
   */
  readonly Endpoint?: string | undefined;
  /** Try `tencentcos.cn` when a response did not come from COS; default true, default endpoint only. */
  readonly backupDomain?: boolean | undefined;
  /** Attempts of each request, the first included; default 8. */
  readonly maxAttempts?: number | undefined;
  /**
   * Bytes of part buffers, shared by all uploads of this client. Default 64 MiB on Node and Deno. When it is not
   * given, a part that is larger than the default is held besides it, one such part at a time for all uploads of the
   * client (`onWarning`: `memory-over-budget`): at most its size and the budget. When it is given, such a part is a
   * RangeError, and the parts of streams do not grow beyond it. Besides, each stream under way holds less than 1 MB (an
   * eighth of a part that has grown), and parts of streams that fell silent at most half the budget while they are sent.
   */
  readonly memoryBudget?: number | undefined;
  /**
   * Store an object with the Content-Type that its key or its local name suggests, when a call does not say; default
   * true. A call's own `inferContentType` goes before it. A function replaces the table of extensions: it is given
   * `html` for `index.HTML`, and `lookup` of the package mrmime is one.
   */
  readonly inferContentType?: boolean | ((extension: string) => string | undefined) | undefined;
}

/** WASM addresses 4 GiB; the first of them hold the core itself. */
const MAX_BUDGET = 4 * 1024 ** 3 - 16 * 1024 ** 2;

const TABLE = {
  Region: { check: regionName },
  SecretId: { check: text },
  SecretKey: { check: text },
  Token: { check: text },
  credentials: { check: callback },
  Scheme: { check: oneOf("https", "http") },
  Endpoint: { check: text },
  backupDomain: { check: flag },
  maxAttempts: { check: wholeNumber(1, 100) },
  memoryBudget: { check: wholeNumber(1024 ** 2, MAX_BUDGET, "bytes") },
  inferContentType: { check: flagOrCallback },
} as const satisfies ParameterTable;

/**
 * Checks a client's options.
 * @returns the options that are given, and where credentials come from
 * @throws {TypeError} {@link RangeError} naming the option
 */
export function checkOptions(given: CosOptions): { options: CosOptions; provider: CredentialProvider } {
  // The document's samples say "none" by None, which is null here. Anything but an object is for the check to refuse.
  const options: CosOptions =
    typeof given === "object" && given !== null
      ? Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null))
      : given;
  checkParameters({ name: "createCos", parameters: TABLE }, options);
  return { options, provider: providerOf(options) };
}

function providerOf({ SecretId, SecretKey, Token, credentials }: CosOptions): CredentialProvider {
  if (credentials !== undefined) {
    if (SecretId !== undefined || SecretKey !== undefined) {
      throw new ArgumentTypeError("credentials", "excludes SecretId and SecretKey: give one or the other");
    }
    return credentials;
  }
  const keys: Credentials = { SecretId: SecretId ?? "", SecretKey: SecretKey ?? "", Token };
  const fixed = checkCredentials(keys, "credentials");
  return () => fixed;
}
