import type { Command, Option } from "commander";

/** What `cp`, `mv` and `sync` refuse where the source is in COS. */
const UPLOAD_ONLY: ReadonlySet<string> = new Set([
  "acl",
  "storageClass",
  "contentType",
  "cacheControl",
  "contentDisposition",
  "contentEncoding",
  "contentLanguage",
  "meta",
  "md5",
  "followSymlinks",
]);
const COPIES: ReadonlySet<string> = new Set(["cp", "mv"]);

/**
 * Whether a variable or a profile leaves the flag as it is, because this command would refuse it: the source is in COS. A
 * profile with a storage class would otherwise make downloads impossible.
 */
export function isUploadOnly(option: Option, command: Command): boolean {
  const name = option.attributeName();
  if (command.getOptionValueSource(name) === "cli" || !/^cos:\/\//i.test(command.args[0] ?? "")) return false;
  if (command.name() === "sync") return UPLOAD_ONLY.has(name);
  if (!COPIES.has(command.name())) return false;
  return UPLOAD_ONLY.has(name) || name === "include" || name === "exclude";
}
