import type { Pairs } from "../auth/canonical.ts";
import { ArgumentRangeError, ArgumentTypeError } from "../errors.ts";
import { keyPath } from "../params/key.ts";
import { percentDecode, percentEncode } from "../text/percent.ts";

const DEFAULT_TEMPLATE = "{Scheme}://{Bucket}.cos.{Region}.myqcloud.com";
/** The same service under another domain, for when a response did not come from COS. Accelerated hosts have none. */
const BACKUP_TEMPLATE = "{Scheme}://{Bucket}.cos.{Region}.tencentcos.cn";

/** The hosts of COS, the accelerated ones included. */
const COS_HOST = /\.cos\.[a-z\d-]+\.(myqcloud\.com|tencentcos\.cn)$/;

/** Where a request goes: its URL, and the parts of it that are signed. */
export interface Address {
  readonly url: string;
  readonly host: string;
  /** Decoded, as the signature wants it. */
  readonly pathname: string;
}

interface Origin {
  /** Scheme and authority, without a trailing slash. */
  readonly base: string;
  readonly host: string;
  /** Path that precedes the key; empty but for path-style endpoints. */
  readonly prefix: string;
}

/**
 * The URL template of a COS endpoint: `{Bucket}` and `{Region}` stand for the request's bucket and the client's
 * region. `http://127.0.0.1:9000/{Bucket}` addresses a path-style test server; a template without placeholders is
 * a custom domain that belongs to one bucket.
 */
export class Endpoint {
  readonly #given: string | undefined;
  readonly #template: string;
  readonly #scheme: string;
  readonly #origins = new Map<string, Origin>();
  /** Empty: the endpoint has none. */
  readonly region: string;
  /** Whether there is a backup domain. */
  readonly hasBackup: boolean;

  constructor(template: string | undefined, region: string | undefined, scheme: string) {
    this.hasBackup = template === undefined && region !== "accelerate";
    this.#given = template;
    this.#template = template ?? DEFAULT_TEMPLATE;
    this.region = region ?? "";
    this.#scheme = scheme;
    if (region === undefined && this.#template.includes("{Region}")) {
      throw new ArgumentTypeError("Region", "is needed: a region name, as in ap-guangzhou");
    }
    this.#origin("examplebucket-1250000000", false);
  }

  /** The address of `key` (or of the bucket, when it is empty), with the query appended. */
  address(bucket: string, key: string, query: Pairs, backup: boolean): Address {
    const origin = this.#origin(bucket, backup && this.hasBackup);
    return {
      url: `${origin.base}${origin.prefix}/${keyPath(key)}${searchOf(query)}`,
      host: origin.host,
      pathname: `${percentDecode(origin.prefix)}/${key}`,
    };
  }

  /**
   * Names an endpoint that is not COS's own, for checkpoints: scheme, host and path prefix. Empty for COS, where a
   * bucket's name is unique in all regions and on all hosts.
   */
  serviceOf(bucket: string): string {
    const { base, host, prefix } = this.#origin(bucket, false);
    return COS_HOST.test(host) ? "" : `${base}${prefix}`;
  }

  /** The same service in another region, for reading the source of a copy. */
  inRegion(region: string): Endpoint {
    return region === this.region ? this : new Endpoint(this.#given, region, this.#scheme);
  }

  #origin(bucket: string, backup: boolean): Origin {
    const cacheKey = backup ? `${bucket} backup` : bucket;
    let origin = this.#origins.get(cacheKey);
    if (origin === undefined) {
      const template = backup ? BACKUP_TEMPLATE : this.#template;
      origin = parseOrigin(
        template
          .replaceAll("{Scheme}", this.#scheme)
          .replaceAll("{Bucket}", bucket)
          .replaceAll("{Region}", this.region),
      );
      this.#origins.set(cacheKey, origin);
    }
    return origin;
  }
}

function searchOf(query: Pairs): string {
  // Most requests have no query.
  if (query.length === 0) return "";
  return `?${query.map((pair) => `${percentEncode(pair[0])}=${percentEncode(pair[1])}`).join("&")}`;
}

function parseOrigin(text: string): Origin {
  const accepted = "must be a URL template such as 'https://{Bucket}.cos.{Region}.myqcloud.com'";
  if (/[{}]/.test(text))
    throw new ArgumentRangeError("Endpoint", `${accepted}; only {Bucket} and {Region} are known`);
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new ArgumentTypeError("Endpoint", accepted);
  }
  if (url.protocol !== "https:" && url.protocol !== "http:")
    throw new ArgumentRangeError("Endpoint", `${accepted}: http or https`);
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new ArgumentRangeError("Endpoint", `${accepted}, without user, query or fragment`);
  }
  return { base: url.origin, host: url.host, prefix: url.pathname.replace(/\/+$/, "") };
}
