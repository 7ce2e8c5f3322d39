import { createHash, timingSafeEqual } from "node:crypto";
import type { EmulatorRequest, Settings } from "../types.ts";

/** The header of a request to the control API. */
export const TOKEN_HEADER = "x-cosup-token";

/**
 * Why a request may not use the control API; undefined: it may.
 *
 * A web page can reach this machine through the browser. It then sends Origin, except from a host name of its own that was
 * pointed at 127.0.0.1; so the Host header must be a name of this machine, and the token is known to no page at all.
 */
export function refuseControl(
  request: EmulatorRequest,
  headers: ReadonlyMap<string, string>,
  settings: Settings,
): string | undefined {
  if (!isLoopback(request.connection?.remoteAddress)) return "only from this machine";
  if (headers.has("origin")) return "not from a web page";
  return refuseHost(headers, settings) ?? refuseToken(headers, settings);
}

/** The same for a path that only the console uses: a page that this emulator has served. */
export function refusePlace(
  request: EmulatorRequest,
  headers: ReadonlyMap<string, string>,
  settings: Settings,
): string | undefined {
  if (!isLoopback(request.connection?.remoteAddress)) return "only from this machine";
  return refuseHost(headers, settings);
}

export function refuseToken(
  headers: ReadonlyMap<string, string>,
  { controlToken }: Settings,
): string | undefined {
  if (isSameText(headers.get(TOKEN_HEADER) ?? "", controlToken)) return undefined;
  return `the header ${TOKEN_HEADER} must hold the control token, which the emulator made at its start`;
}

function refuseHost(headers: ReadonlyMap<string, string>, settings: Settings): string | undefined {
  if (isLocalName(headers.get("host") ?? "", settings)) return undefined;
  return "the Host header must name this machine; the option controlHosts adds names";
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(?:::ffff:)?127\.\d+\.\d+\.\d+$|^::1$/.test(address);
}

/** No name server is asked for these names, but for those of the options. */
function isLocalName(authority: string, { host, controlHosts }: Settings): boolean {
  const name = withoutBrackets(authority.toLowerCase().replace(/:\d+$/, ""));
  if (/^(?:127\.\d+\.\d+\.\d+|::1|(?:.+\.)?localhost)$/.test(name)) return true;
  return [host, ...controlHosts].some((allowed) => withoutBrackets(allowed.toLowerCase()) === name);
}

function withoutBrackets(name: string): string {
  return name.replace(/^\[(.*)\]$/, "$1");
}

/** Compares digests, which are of one length, in constant time. */
export function isSameText(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
