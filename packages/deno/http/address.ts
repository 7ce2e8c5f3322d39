import { splitUrl } from "@cosup/core/runtime";

/** Where a request goes, and what it asks for there. */
export interface Address {
  readonly secure: boolean;
  /** Without the brackets of an IPv6 address. */
  readonly hostname: string;
  /** Empty: the protocol's own. */
  readonly port: string;
  /** For the Host header. */
  readonly host: string;
  /** In the very characters that were signed. */
  readonly path: string;
}

/** The address of a request's URL. */
export function addressOf(url: string): Address {
  const { origin, path } = splitUrl(url);
  const { protocol, hostname, port, host } = new URL(origin);
  return { secure: protocol === "https:", hostname: hostname.replace(/^\[(.*)\]$/, "$1"), port, host, path };
}
