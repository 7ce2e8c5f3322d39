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

/** Cuts the URL instead of parsing it: `new URL` would write some characters of the path in another way. */
export function addressOf(url: string): Address {
  const match = /^(https?:\/\/[^/?#]+)([^#]*)/i.exec(url);
  if (match === null) throw new TypeError("url: an absolute http: or https: URL");
  const [, origin = "", path = ""] = match;
  const { protocol, hostname, port, host } = new URL(origin);
  return {
    secure: protocol === "https:",
    hostname: hostname.replace(/^\[(.*)\]$/, "$1"),
    port,
    host,
    path: path.startsWith("/") ? path : `/${path}`,
  };
}
