// The command lines of curl and rclone for one upload to the sink.
import { mkdir, writeFile } from "node:fs/promises";
import { SecretId, SecretKey } from "../clients/identity.mjs";

/**
 * @typedef {object} Place
 * @property {string} origin
 * @property {string} authority the certificate that the programs have to trust
 * @property {string} folder for their configurations
 */

/**
 * curl, five pieces at once, each an object of its own.
 * @param {readonly string[]} pieces
 * @param {Place} place
 */
export async function curlCommand(pieces, { origin, authority, folder }) {
  const config = await written(
    folder,
    "curl.conf",
    pieces.map((path, index) => `upload-file = "${path}"\nurl = "${origin}/big.bin.${index}"\n`).join(""),
  );
  const flags = ["--silent", "--fail", "--parallel", "--parallel-max", "5", "--header", "Expect:"];
  return ["curl", ...flags, "--cacert", authority, "--config", config];
}

/**
 * rclone with its defaults: four parts of 5 MiB at once, and the MD5 of the file before. What fails is not tried again.
 * @param {string} path
 * @param {Place} place
 */
export async function rcloneCommand(path, { origin, authority, folder }) {
  const config = await written(
    folder,
    "rclone.conf",
    `[sink]
type = s3
provider = Other
access_key_id = ${SecretId}
secret_access_key = ${SecretKey}
endpoint = ${origin}
region = ap-guangzhou
force_path_style = true
no_check_bucket = true
`,
  );
  return [
    "rclone",
    "--config",
    config,
    "--ca-cert",
    authority,
    "copyto",
    path,
    "sink:bench-1250000000/big.bin",
  ];
}

/** @param {string} folder @param {string} name @param {string} text */
async function written(folder, name, text) {
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}${name}`, text);
  return `${folder}${name}`;
}
