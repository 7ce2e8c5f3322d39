/**
 * The configuration with which rclone reaches a server as `cos:`.
 * @param {string} endpoint
 * @param {{ SecretId: string, SecretKey: string }} keys
 * @param {string} [more] lines
 */
export function rcloneConfig(endpoint, { SecretId, SecretKey }, more = "") {
  return `[cos]
type = s3
provider = Other
access_key_id = ${SecretId}
secret_access_key = ${SecretKey}
endpoint = ${endpoint}
region = ap-guangzhou
force_path_style = true
${more}`;
}
