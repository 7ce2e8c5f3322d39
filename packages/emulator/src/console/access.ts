import { createHmac } from "node:crypto";
import { isSameText, refusePlace, refuseToken } from "../faults/control-access.ts";
import type { EmulatorRequest, Settings } from "../types.ts";

/** What a request to the console is for. */
export type Purpose = "page" | "file" | "data";

/** A request to the console. */
export interface ConsoleRequest {
  readonly request: EmulatorRequest;
  /** Values by lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  /** The part of the path after `/_cosup/console`. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/**
 * Why a request may not use the console; undefined: it may.
 *
 * The first page is opened with the token in its address, which the page then removes. A cookie lets it load its files, and
 * itself again. Data needs the token in a header: objects of the emulator can be web pages of the same origin, and they
 * have the cookie, but not the token. What a page of another origin sends has an Origin or a Sec-Fetch-Site that says so.
 */
export function refuseConsole(
  asked: ConsoleRequest,
  purpose: Purpose,
  settings: Settings,
): string | undefined {
  const { request, headers, query } = asked;
  const refused = refusePlace(request, headers, settings);
  if (refused !== undefined) return refused;
  if (headers.has("origin") && headers.get("origin") !== originOf(asked)) return "not from another web page";
  const opened = purpose === "page" && isSameText(query.get("token") ?? "", settings.controlToken);
  if (opened) return undefined;
  if (!["same-origin", "none"].includes(headers.get("sec-fetch-site") ?? "none")) {
    return "not from another web page";
  }
  if (purpose === "data") return refuseToken(headers, settings);
  if (isSameText(cookieOf(asked) ?? "", cookieValue(settings))) return undefined;
  return "open the address that cosup emulator printed at its start: it has a token";
}

/** The value of Set-Cookie. Cookies are shared between the ports of a host, so each port has a name of its own. */
export function consoleCookie(asked: ConsoleRequest, settings: Settings): string {
  const secure = asked.request.connection?.tlsVersion === undefined ? "" : "; Secure";
  const value = `${cookieName(asked)}=${cookieValue(settings)}`;
  return `${value}; Path=/_cosup/console; HttpOnly; SameSite=Strict${secure}`;
}

function originOf({ request, headers }: ConsoleRequest): string {
  const scheme = request.connection?.tlsVersion === undefined ? "http" : "https";
  return `${scheme}://${(headers.get("host") ?? "").toLowerCase()}`;
}

function cookieName({ headers }: ConsoleRequest): string {
  const [, port = "80"] = /:(\d+)$/.exec(headers.get("host") ?? "") ?? [];
  return `cosup-console-${port}`;
}

/** Opens the page and its files, and nothing else. */
function cookieValue({ controlToken }: Settings): string {
  return createHmac("sha256", controlToken).update("cosup console").digest("hex");
}

function cookieOf(asked: ConsoleRequest): string | undefined {
  const wanted = `${cookieName(asked)}=`;
  const pairs = (asked.headers.get("cookie") ?? "").split(/; */);
  return pairs.find((pair) => pair.startsWith(wanted))?.slice(wanted.length);
}
