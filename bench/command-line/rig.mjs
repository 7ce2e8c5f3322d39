// An emulator in a process of its own, and how cosup, rclone and aws reach it.
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repository } from "../harness/paths.mjs";
import { rcloneConfig } from "../harness/rclone-config.mjs";

export const BUCKET = "bench-1250000000";
export const CLI = join(repository, "packages/cli/bin/cosup.js");
const KEYS = { SecretId: "ID", SecretKey: "KEY" };

/**
 * @typedef {object} Rig
 * @property {string} folder removed at the end
 * @property {NodeJS.ProcessEnv} env of all programs
 * @property {readonly string[]} cosup
 * @property {readonly string[]} rclone the remote is `cos:`
 * @property {readonly string[]} aws
 * @property {() => Promise<void>} close
 */

/**
 * @param {boolean} tls
 * @param {readonly string[]} flags of the emulator
 * @returns {Promise<Rig>}
 */
export async function openRig(tls, flags = ["--memory"]) {
  const folder = await mkdtemp(join(tmpdir(), "cosup-bench-"));
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    COS_SECRET_ID: KEYS.SecretId,
    COS_SECRET_KEY: KEYS.SecretKey,
    COS_REGION: "ap-guangzhou",
    AWS_ACCESS_KEY_ID: KEYS.SecretId,
    AWS_SECRET_ACCESS_KEY: KEYS.SecretKey,
    AWS_DEFAULT_REGION: "ap-guangzhou",
  };
  const words = ["emulator", "--port", "0", "--bucket", BUCKET, ...flags, ...(tls ? ["--tls"] : [])];
  const emulator = spawn(process.execPath, [CLI, ...words], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const banner = await bannerOf(emulator);
  const [, port = ""] = /127\.0\.0\.1:(\d+)/.exec(banner) ?? [];
  const [certificate = ""] = /\/\S+\.(?:pem|crt)/.exec(banner) ?? [];
  const url = `${tls ? "https" : "http"}://127.0.0.1:${port}`;
  const config = join(folder, "rclone.conf");
  await writeFile(config, rcloneConfig(url, KEYS));
  return {
    folder,
    env: { ...env, COS_ENDPOINT: `${url}/{Bucket}`, ...(tls && { NODE_EXTRA_CA_CERTS: certificate }) },
    cosup: [process.execPath, CLI],
    rclone: ["rclone", "--config", config, ...(tls ? ["--ca-cert", certificate] : [])],
    aws: ["aws", "--endpoint-url", url, ...(tls ? ["--ca-bundle", certificate] : [])],
    close: async () => {
      emulator.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** @param {import("node:child_process").ChildProcess} emulator @returns {Promise<string>} */
function bannerOf(emulator) {
  return new Promise((resolve, reject) => {
    let text = "";
    emulator.once("exit", () => reject(new Error(`the emulator ended: ${text}`)));
    emulator.stdout?.setEncoding("utf8").on("data", (/** @type {string} */ chunk) => {
      text += chunk;
      // The address is in the first lines, the certificate among the last ones, which come in the same write.
      if (/127\.0\.0\.1:\d+/.test(text)) setTimeout(() => resolve(text), 200);
    });
  });
}
