import { networkInterfaces } from "node:os";

/**
 * The address of an emulator as others reach it. One that listens on every address of the machine names none that another
 * machine can use: then the first of the machine's own, or the loopback where it has no other.
 * @param url `http://HOST:PORT`
 */
export function reachableUrl(url: string, interfaces = networkInterfaces()): string {
  const [, protocol, port] = /^(https?:\/\/)(?:0\.0\.0\.0|\[::\])(:\d+)$/.exec(url) ?? [];
  if (protocol === undefined || port === undefined) return url;
  const own = Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === "IPv4" && !internal);
  return `${protocol}${own?.address ?? "127.0.0.1"}${port}`;
}
