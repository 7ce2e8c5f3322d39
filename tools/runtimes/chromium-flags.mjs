// How every Chromium of the tests is started. Debian's package: scripts/system-packages.mjs names it.
export const CHROMIUM = "/usr/bin/chromium";

/**
 * The command line without the address. Chromium reaches this machine only.
 * @param {readonly string[]} hosts rules for names that lead somewhere, as in `MAP *.example.com 127.0.0.1:80`
 * @returns {string[]}
 */
export function chromiumFlags(hosts = []) {
  return [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    // A page that Chromium takes for hidden gets less processor time, and its timers are delayed.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    `--host-resolver-rules=${[...hosts, "MAP * ~NOTFOUND", "EXCLUDE 127.0.0.1"].join(", ")}`,
  ];
}

/**
 * A home of its own: the account of the test may have none, or one that it may not write.
 * @param {string} home @returns {Record<string, string>}
 */
export function chromiumEnvironment(home) {
  return { PATH: process.env.PATH ?? "", HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home };
}
