// How every Chromium of the tests is started. Debian's package: scripts/system-packages.mjs names it.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

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

/**
 * Opens a page without a debugger: one that watches the network takes ten times the processor time of a large upload.
 * @param {string} url @param {(error: Error) => void} onEnd called when the browser ends
 * @param {readonly string[]} hosts as for {@link chromiumFlags}
 */
export async function startChromium(url, onEnd, hosts = []) {
  const home = await mkdtemp(join(tmpdir(), "cosup-chromium-"));
  // For hosts that have the certificate of the tests.
  const trust = hosts.length > 0 ? ["--ignore-certificate-errors"] : [];
  const profile = `--user-data-dir=${join(home, "profile")}`;
  const child = spawn(CHROMIUM, ["--headless", ...chromiumFlags(hosts), ...trust, profile, url], {
    env: chromiumEnvironment(home),
    // It prints much that concerns no page.
    stdio: "ignore",
  });
  const exited = new Promise((resolve) => {
    child.on("error", (error) => {
      onEnd(error);
      resolve(undefined);
    });
    child.on("exit", (code, signal) => {
      onEnd(new Error(`chromium ended with ${code ?? signal}`));
      resolve(undefined);
    });
  });
  return {
    async stop() {
      child.kill();
      await exited;
      await rm(home, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}
