import { isIP } from "node:net";
import { ArgumentRangeError, ArgumentTypeError, TransportError } from "@cosup/core";

type Environment = Readonly<Record<string, string | undefined>>;

/** The proxy's URL for requests to an origin; undefined: none. */
export type ProxyChoice = (origin: string) => string | undefined;

/**
 * Which requests go through which proxy, as curl reads the environment: `https_proxy` or `http_proxy` by the request's
 * scheme, then `all_proxy`, in lower case first; `no_proxy` names hosts that need none.
 * @param proxy a URL for all requests; `false` or "none" ignores the environment
 * @returns undefined when no request needs a proxy
 * @throws {TypeError} {@link RangeError} `proxy` is not a proxy's URL. A variable that is none fails the requests that
 *   would go through it, with a TransportError that names it; nobody else needs to know of it. URLs are never shown
 */
export function chooseProxy(
  proxy: string | false | null | undefined,
  environment: Environment = process.env,
): ProxyChoice | undefined {
  if (proxy === false || proxy === "none") return undefined;
  if (proxy !== undefined && proxy !== null) {
    const url = proxyUrl(proxy, "proxy");
    return () => url;
  }
  // A CGI program gets the request's header `Proxy` as HTTP_PROXY: everybody could set it.
  const isCgi = environment.REQUEST_METHOD !== undefined;
  const all = ["all_proxy", "ALL_PROXY"];
  const http = first(environment, isCgi ? ["http_proxy"] : ["http_proxy", "HTTP_PROXY"], all);
  const https = first(environment, ["https_proxy", "HTTPS_PROXY"], all);
  if (http === undefined && https === undefined) return undefined;
  const needsNone = parseNoProxy(environment.no_proxy ?? environment.NO_PROXY ?? "");
  return remembered((origin) => {
    const url = new URL(origin);
    return needsNone(url) ? undefined : urlOf(url.protocol === "https:" ? https : http);
  });
}

/** A client has few origins, and asks at every request. */
function remembered(choice: ProxyChoice): ProxyChoice {
  const known = new Map<string, string | undefined>();
  return (origin) => {
    if (!known.has(origin)) known.set(origin, choice(origin));
    return known.get(origin);
  };
}

interface Variable {
  readonly name: string;
  readonly value: string;
}

/** The first variable that is set, of the scheme's or else of all; one that is set to nothing means no proxy. */
function first(
  environment: Environment,
  own: readonly string[],
  all: readonly string[],
): Variable | undefined {
  for (const names of [own, all]) {
    const name = names.find((each) => environment[each] !== undefined);
    const value = name === undefined ? "" : (environment[name]?.trim() ?? "");
    if (name !== undefined && value !== "") return { name, value };
  }
  return undefined;
}

function urlOf(variable: Variable | undefined): string | undefined {
  if (variable === undefined) return undefined;
  try {
    return proxyUrl(variable.value, variable.name);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TransportError(
      `the proxy of the environment cannot be used: ${why}`,
      "connect",
      undefined,
      false,
    );
  }
}

const ACCEPTED = "must be the URL of a proxy, as in http://user:password@proxy.example:3128";

function proxyUrl(value: unknown, parameter: string): string {
  if (typeof value !== "string") throw new ArgumentTypeError(parameter, `${ACCEPTED}, or false for none`);
  // As curl does: a proxy without a scheme is an HTTP proxy.
  const text = value.includes("://") ? value : `http://${value}`;
  if (!URL.canParse(text)) throw new ArgumentTypeError(parameter, ACCEPTED);
  const url = new URL(text);
  if (!["http:", "https:", "socks:", "socks5:", "socks5h:"].includes(url.protocol)) {
    throw new ArgumentRangeError(
      parameter,
      `${ACCEPTED}; http, https and socks5 proxies are known. proxy: false (--proxy none) ignores the environment`,
    );
  }
  requireDecodable(url, parameter);
  // As curl does: a path means nothing. undici leaves the lookup of names to the proxy in any case.
  const protocol = url.protocol.startsWith("socks") ? "socks5:" : url.protocol;
  const user = url.username === "" ? "" : `${url.username}:${url.password}@`;
  return `${protocol}//${user}${url.host}`;
}

function requireDecodable({ username, password }: URL, parameter: string): void {
  try {
    decodeURIComponent(username);
    decodeURIComponent(password);
  } catch {
    throw new ArgumentTypeError(parameter, `${ACCEPTED}; a % in its user or password is written %25`);
  }
}

interface Entry {
  readonly port: string;
  readonly matches: (host: string) => boolean;
}

/** `no_proxy`: `*`, or names with all below them, addresses and blocks of addresses, each with a port or without. */
function parseNoProxy(text: string): (url: URL) => boolean {
  const words = text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((word) => word !== "");
  if (words.includes("*")) return () => true;
  const entries = words.map(parseEntry);
  return ({ hostname, port, protocol }) => {
    const host = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
    const actual = port || (protocol === "https:" ? "443" : "80");
    return entries.some((entry) => (entry.port === "" || entry.port === actual) && entry.matches(host));
  };
}

function parseEntry(word: string): Entry {
  // An IPv6 address has colons of its own: with a port, it stands in brackets.
  const match = /^\[(?<v6>[^\]]+)\](?::(?<v6port>\d+))?$|^(?<name>[^:]+)(?::(?<port>\d+))?$/.exec(
    word,
  )?.groups;
  const name = match?.v6 ?? match?.name ?? word;
  const port = match?.v6port ?? match?.port ?? "";
  const [address = "", bits] = name.split("/");
  if (isIP(address) !== 0) return { port, matches: inBlock(address, bits) };
  const domain = name.replace(/^\*?\./, "").replace(/\.$/, "");
  return { port, matches: (host) => host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`)) };
}

function inBlock(address: string, bits: string | undefined): (host: string) => boolean {
  const family = isIP(address) === 6 ? "ipv6" : "ipv4";
  const longest = family === "ipv6" ? 128 : 32;
  const prefix = bits === undefined ? longest : Number(bits);
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > longest) return () => false;
  // To name it in an import loads what is behind it, 1 ms of every program's start.
  const { BlockList } = process.getBuiltinModule("node:net");
  const block = new BlockList();
  block.addSubnet(address, prefix, family);
  return (host) => isIP(host) !== 0 && block.check(host, isIP(host) === 6 ? "ipv6" : "ipv4");
}
