import type { CredentialProvider, Credentials } from "./auth/credentials.ts";
import { checkCredentials } from "./auth/credentials.ts";
import { ArgumentTypeError } from "./errors.ts";
import type { RequestHooks } from "./http/request-events.ts";
import { REQUEST_LIMITS, type RequestLimits } from "./params/call-options.ts";
import {
  callback,
  checkpointPlace,
  flag,
  flagOrCallback,
  oneOf,
  regionName,
  text,
  wholeNumber,
} from "./params/checks.ts";
import { checkParameters, type ParameterTable } from "./params/table.ts";
import type { Checkpoints } from "./runtime/checkpoint-store.ts";

/** Options of a client. Either `SecretId` and `SecretKey`, or `credentials`. Null means that an option is not given. */
export interface CosOptions extends RequestLimits, RequestHooks {
  /**
   * The bucket's region, as in `ap-guangzhou`; `accelerate` for the accelerated host. Required, unless an `Endpoint`
   * without `{Region}` is given.
   */
  readonly Region?: string | undefined;
  /** The id of the key pair; not secret. */
  readonly SecretId?: string | undefined;
  /** The key that requests are signed with; never sent or logged. */
  readonly SecretKey?: string | undefined;
  /** Session token of temporary credentials. */
  readonly Token?: string | null | undefined;
  /** Returns temporary credentials. Called again before they expire, once for all requests that wait. */
  readonly credentials?: CredentialProvider | undefined;
  /** `https` (default) or `http`, for the default endpoint. */
  readonly Scheme?: "https" | "http" | undefined;
  /**
   * URL template: `https://{Bucket}.cos.{Region}.myqcloud.com` by default, `http://127.0.0.1:9000/{Bucket}` for a
   * path-style test server, or a custom domain without placeholders.
   */
  readonly Endpoint?: string | undefined;
  /**
   * Try the domain `tencentcos.cn` when a response did not come from COS; default true. Only for the default endpoint.
   */
  readonly backupDomain?: boolean | undefined;
  /**
   * Bytes of part buffers, shared by all uploads of this client; 1 MiB to 4080 MiB, default 64 MiB on Node and Deno, 32 MiB
   * on Workers.
   *
   * When it is not given, a part that is larger than the default gets memory of its own, one such part at a time for all
   * uploads of the client (`onWarning`: `memory-over-budget`). When it is given, such a part is a RangeError, and the parts
   * of streams do not grow beyond it. In addition, each stream under way holds less than 1 MB (an eighth of a part that has
   * grown), and parts of streams that fell silent at most half the budget while they are sent.
   */
  readonly memoryBudget?: number | undefined;
  /**
   * Store an object with the Content-Type that its key or its local name suggests, when a call gives none; default true.
   * A call's own `inferContentType` overrides it. A function replaces the table of extensions: it receives `html` for
   * `index.HTML` and returns the type; `lookup` of the package mrmime is such a function.
   */
  readonly inferContentType?: boolean | ((extension: string) => string | undefined) | undefined;
  /**
   * Most bytes per second of all bodies that this client sends together, and of all objects that it reads together, 16 384
   * to 1 TiB, averaged over a second; default: no limit. What is sent and what is read do not count together. The bytes leave
   * evenly, in blocks of 50 ms; parts that are sent again count again. Bodies that a limit would leave with less than 8 KiB/s
   * each wait for others, and no request times out because of it. Headers and other responses do not count.
   *
   * An object is read at this rate; at its beginning, COS may have sent more already, as much as the buffers of the system
   * hold for a connection: some MB on a fast line.
   *
   * Where a runtime passes bodies on as a whole (Deno through a proxy or a `client` of your own, fetch in other runtimes,
   * Workers up to one block), a part waits for its turn and then leaves at once, so that the average is one over several parts.
   */
  readonly bandwidthLimit?: number | undefined;
  /**
   * Where `uploadFile` and `uploadDirectory` keep checkpoints when a call has no `checkpoints` of its own; the values are
   * those of that parameter. Default: nowhere.
   */
  readonly checkpoints?: Checkpoints | undefined;
}

/** WASM addresses 4 GiB, of which the digest core itself needs some. */
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
  ...REQUEST_LIMITS,
  onRequest: { check: callback },
  onRetry: { check: callback },
  memoryBudget: { check: wholeNumber(1024 ** 2, MAX_BUDGET, "bytes") },
  inferContentType: { check: flagOrCallback },
  bandwidthLimit: { check: wholeNumber(16 * 1024, 1024 ** 4, "bytes per second") },
  checkpoints: { check: checkpointPlace },
} as const satisfies ParameterTable;

/**
 * Checks a client's options.
 * @returns the options that are given, and where credentials come from
 * @throws {TypeError} {@link RangeError} naming the option
 */
export function checkOptions(given: CosOptions): { options: CosOptions; provider: CredentialProvider } {
  // Tencent's samples pass None, null here, for an option that is not given. Anything but an object is refused below.
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
