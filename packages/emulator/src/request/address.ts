import { CosErrorResponse } from "../errors.ts";
import { percentDecode } from "./percent.ts";

/** The bucket and key that a request addresses. */
export interface Address {
  /** Host and port as the client wrote them. */
  readonly host: string;
  /** Undefined: the request addresses the service itself. */
  readonly bucket: string | undefined;
  readonly region: string | undefined;
  /** Empty: the request addresses the bucket. */
  readonly key: string;
  /** Decoded paths that the signature may cover; two for path-style requests, otherwise one. */
  readonly signedPaths: readonly string[];
  /** The query, not decoded, without its question mark. */
  readonly query: string;
}

/** What `locate` needs to know of the buckets. */
export interface AddressBook {
  /** The only configured bucket, which a bare host:port addresses. Undefined: there are several or none. */
  readonly single: string | undefined;
  has(bucket: string): boolean;
}

export const BUCKET_NAME = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?-[0-9]+$/;
const BUCKET_HOST = /^([a-z0-9-]+-[0-9]+)\.cos(?:-internal)?\.([a-z0-9-]+)\./;
const SERVICE_HOST = /^(?:service\.cos\.|cos(?:-internal)?\.[a-z0-9-]+\.(?:myqcloud\.com|tencentcos\.cn)$)/;

/** Finds bucket and key in the host name, an absolute-form target, or the path. */
export function locate(target: string, hostHeader: string | undefined, book: AddressBook): Address {
  const absolute = /^https?:\/\/([^/?#]*)([^#]*)/i.exec(target);
  const host = absolute?.[1] || hostHeader || "";
  const rest = absolute ? (absolute[2] ?? "") : target;
  const question = rest.indexOf("?");
  const path = percentDecode(question < 0 ? rest : rest.slice(0, question)) || "/";
  const query = question < 0 ? "" : rest.slice(question + 1);
  if (!path.startsWith("/")) throw new CosErrorResponse("InvalidURI", "Couldn't parse the specified URI.");

  const hostname = nameOf(host);
  const virtual = BUCKET_HOST.exec(hostname);
  if (virtual) {
    return { host, query, bucket: virtual[1], region: virtual[2], key: path.slice(1), signedPaths: [path] };
  }
  if (SERVICE_HOST.test(hostname)) return serviceAddress(host, path, query);
  return bareAddress(host, path, query, book);
}

/** Whether a host names neither a bucket nor the service, as `127.0.0.1:9000` does. */
export function isBareHost(host: string): boolean {
  return !BUCKET_HOST.test(nameOf(host)) && !SERVICE_HOST.test(nameOf(host));
}

function nameOf(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, "");
}

/** Buckets created since 2024 cannot be addressed as `cos.{region}.myqcloud.com/{bucket}/{key}`. */
function serviceAddress(host: string, path: string, query: string): Address {
  if (path !== "/") {
    throw new CosErrorResponse(
      "PathStyleDomainForbidden",
      "The bucket you are attempting to access must be addressed using COS virtual-styled domain.",
    );
  }
  return { host, query, bucket: undefined, region: undefined, key: "", signedPaths: [path] };
}

/**
 * Handles a host that names no bucket. Clients that use fetch cannot set Host, so they put the bucket in the path.
 * Some sign that path, others the path without the bucket, which the real service would see.
 */
function bareAddress(host: string, path: string, query: string, book: AddressBook): Address {
  const [, first = "", rest = ""] = /^\/([^/]*)(.*)$/s.exec(path) ?? [];
  const pathStyle = book.has(first) || (book.single === undefined && BUCKET_NAME.test(first));
  if (pathStyle) {
    const signedPaths = [path, rest || "/"];
    return { host, query, bucket: first, region: undefined, key: rest.slice(1), signedPaths };
  }
  return { host, query, bucket: book.single, region: undefined, key: path.slice(1), signedPaths: [path] };
}
