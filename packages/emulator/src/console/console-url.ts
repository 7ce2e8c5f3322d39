import { CONSOLE_PATH } from "./handle.ts";

const LOOPBACK = /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|::1)$/i;
/** Addresses that stand for all of a machine, with one of them that a browser trusts. */
const WILDCARDS: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "[::1]" };

/**
 * Where the console of an emulator is. Undefined: what it listens on is not this machine's loopback, and the console is
 * for that alone.
 * @param url of the emulator
 */
export function consoleUrl(host: string, url: string, token: string): string | undefined {
  const address = `${CONSOLE_PATH}?token=${encodeURIComponent(token)}`;
  if (LOOPBACK.test(host)) return `${url}${address}`;
  const loopback = WILDCARDS[host];
  if (loopback === undefined) return undefined;
  // Not URL.port, which is empty for the port of the protocol.
  return `${new URL(url).protocol}//${loopback}${url.slice(url.lastIndexOf(":"))}${address}`;
}
