import { CredentialsError } from "../credentials.ts";
import type { FoundKeys } from "./key-source.ts";

/** Names of regions that coscmd still accepts. */
const OLD_REGIONS: Readonly<Record<string, string>> = {
  tj: "ap-beijing-1",
  bj: "ap-beijing",
  gz: "ap-guangzhou",
  sh: "ap-shanghai",
  cd: "ap-chengdu",
  spg: "ap-singapore",
  hk: "ap-hongkong",
  ca: "na-toronto",
  ger: "eu-frankfurt",
  "cn-south": "ap-guangzhou",
  "cn-north": "ap-beijing-1",
};

/**
 * The keys in the text of `~/.cos.conf`, and its region; undefined if it has none.
 * @throws {CredentialsError} it has only half of a key pair
 */
export function readCoscmd(text: string, origin: string): FoundKeys | undefined {
  const common = sectionOf(text, "common");
  const SecretId = common.get("secret_id") ?? common.get("access_id");
  const SecretKey = common.get("secret_key");
  if (SecretId === undefined && SecretKey === undefined) return undefined;
  if (SecretId === undefined || SecretKey === undefined)
    throw new CredentialsError(
      `${origin} has no ${SecretId === undefined ? "secret_id" : "secret_key"}: both are required`,
    );
  const region = common.get("region")?.replace(/^cos\./, "");
  const keys = { origin, pair: { SecretId, SecretKey, Token: common.get("token") } };
  return { keys, region: region && (OLD_REGIONS[region] ?? region) };
}

/** The values of a section, as Python's configparser writes them: `name = value` or `name: value`, `%%` for `%`. */
function sectionOf(text: string, wanted: string): Map<string, string> {
  const values = new Map<string, string>();
  let section = "";
  for (const line of text.split(/\r?\n/)) {
    section = /^\[(.+)\]\s*$/.exec(line)?.[1] ?? section;
    const [, name = "", value = ""] = /^([\w-]+)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
    if (section === wanted && value !== "" && value !== "None")
      values.set(name.toLowerCase(), value.replaceAll("%%", "%"));
  }
  return values;
}
