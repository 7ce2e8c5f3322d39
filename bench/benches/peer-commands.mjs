// The command lines of curl and rclone for one upload to the sink.
import { mkdir, writeFile } from "node:fs/promises";
import { Bucket, SecretId, SecretKey } from "../clients/identity.mjs";
import { rcloneConfig } from "../harness/rclone-config.mjs";

/**
 * @typedef {object} Place
 * @property {string} origin
 * @property {string} key
 * @property {string} authority the certificate that the programs have to trust
 * @property {string} folder for their configurations
 */

/**
 * curl with several pieces at once, each an object of its own.
 * @param {readonly string[]} pieces
 * @param {Place & { concurrency: number }} place
 */
export async function curlCommand(pieces, { origin, key, authority, folder, concurrency }) {
  const config = await written(
    folder,
    "curl.conf",
    pieces.map((path, index) => `upload-file = "${path}"\nurl = "${origin}/${key}.${index}"\n`).join(""),
  );
  const flags = [
    "--silent",
    "--fail",
    "--parallel",
    "--parallel-max",
    String(concurrency),
    "--header",
    "Expect:",
  ];
  return ["curl", ...flags, "--cacert", authority, "--config", config];
}

/**
 * rclone with its defaults: four parts of 5 MiB at once, and the MD5 of the file before. What fails is not tried again.
 * @param {string} path
 * @param {Place} place
 */
export async function rcloneCommand(path, { origin, key, authority, folder }) {
  const config = await written(
    folder,
    "rclone.conf",
    rcloneConfig(origin, { SecretId, SecretKey }, "no_check_bucket = true\n"),
  );
  return ["rclone", "--config", config, "--ca-cert", authority, "copyto", path, `cos:${Bucket}/${key}`];
}

/** @param {string} folder @param {string} name @param {string} text */
async function written(folder, name, text) {
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}${name}`, text);
  return `${folder}${name}`;
}
