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
  /** Decoded paths that the signature may cover: the whole path, and for path-style requests that without the bucket. */
  readonly signedPaths: readonly string[];
  /** The query, not decoded, without its question mark. */
  readonly query: string;
  /** The path, not decoded. */
  readonly rawPath: string;
}

/** What `locate` needs to know of the buckets. */
export interface AddressBook {
  /** The only configured bucket, which a bare host:port addresses. Undefined: there are several or none. */
  readonly single: string | undefined;
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
  const rawPath = (question < 0 ? rest : rest.slice(0, question)) || "/";
  const path = percentDecode(rawPath);
  const query = question < 0 ? "" : rest.slice(question + 1);
  if (!path.startsWith("/")) throw new CosErrorResponse("InvalidURI", "Couldn't parse the specified URI.");

  const hostname = nameOf(host);
  const virtual = BUCKET_HOST.exec(hostname);
  if (virtual) {
    const [, bucket, region] = virtual;
    return { host, query, rawPath, bucket, region, key: path.slice(1), signedPaths: [path] };
  }
  const service = SERVICE_HOST.test(hostname);
  return { host, query, rawPath, ...(service ? serviceAddress(path) : bareAddress(path, book)) };
}

type Place = Pick<Address, "bucket" | "region" | "key" | "signedPaths">;

/** Whether a host names neither a bucket nor the service, as `127.0.0.1:9000` does. */
export function isBareHost(host: string): boolean {
  return !BUCKET_HOST.test(nameOf(host)) && !SERVICE_HOST.test(nameOf(host));
}

function nameOf(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, "");
}

/** Buckets created since 2024 cannot be addressed as `cos.{region}.myqcloud.com/{bucket}/{key}`. */
function serviceAddress(path: string): Place {
  if (path !== "/") {
    throw new CosErrorResponse(
      "PathStyleDomainForbidden",
      "The bucket you are attempting to access must be addressed using COS virtual-styled domain.",
    );
  }
  return { bucket: undefined, region: undefined, key: "", signedPaths: [path] };
}

/**
 * Handles a host that names no bucket. Clients that use fetch cannot set Host, so they put the bucket in the path.
 * Some sign that path, others the path without the bucket, which the real service would see. A first segment of the form
 * `name-appid` is always a bucket, also an unknown one: otherwise a wrong bucket name would be the prefix of a key. For the
 * same reason a key that begins like a bucket must be signed with its bucket: else a signature for /b-1/x would be valid
 * for /a-1/b-1/x.
 */
function bareAddress(path: string, book: AddressBook): Place {
  const [, first = "", rest = ""] = /^\/([^/]*)(.*)$/s.exec(path) ?? [];
  if (BUCKET_NAME.test(first)) {
    const [, folder = ""] = rest.split("/", 2);
    const signedPaths = BUCKET_NAME.test(folder) ? [path] : [path, rest || "/"];
    return { bucket: first, region: undefined, key: rest.slice(1), signedPaths };
  }
  return { bucket: book.single, region: undefined, key: path.slice(1), signedPaths: [path] };
}
