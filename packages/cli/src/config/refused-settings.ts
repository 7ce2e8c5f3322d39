import { statSync } from "node:fs";
import type { Command, Option } from "commander";
import { NOT_OF_MANIFESTS } from "../commands/not-of-manifests.ts";

/** What `cp`, `mv` and `sync` refuse where the source is in COS. */
const UPLOAD_ONLY = [
  "acl",
  "compress",
  "cacheRule",
  "storageClass",
  "contentType",
  "cacheControl",
  "contentDisposition",
  "contentEncoding",
  "contentLanguage",
  "meta",
  "md5",
  "followSymlinks",
];
/** What is about the files of a folder. */
const OF_FOLDERS = ["include", "exclude", "excludeFrom"];
const OF_FILES = ["compress", "cacheRule"];
/** What `cp --manifest-in` refuses. */
const OF_NO_MANIFEST: ReadonlySet<string> = new Set([...NOT_OF_MANIFESTS, "contentType", "cosignore"]);
/** What `sync --watch` refuses. */
const OF_ONE_SYNC = ["dryRun", "report", "followSymlinks"];
const OF_PAIRS = [...OF_FOLDERS, "followSymlinks", "oneWay"];

/**
 * Whether a variable or a profile leaves the flag as it is, because this command, as it is called, would refuse it: a
 * profile with a storage class would otherwise make downloads impossible.
 * @param value of the setting
 */
export function isRefused(option: Option, command: Command, value: unknown): boolean {
  const name = option.attributeName();
  const flags = command.opts();
  if (name === "compress" && command.getOptionValueSource("contentEncoding") === "cli") return true;
  const isRecursive = flags.recursive === true;
  if (flags.manifestIn !== undefined && OF_NO_MANIFEST.has(name)) return true;
  const [source] = command.args;
  switch (command.name()) {
    case "mv":
    case "cp":
      if ((!isRecursive || isFolder(source) === false) && OF_FOLDERS.includes(name)) return true;
      if (name === "followSymlinks" && command.name() === "mv") return true;
      if (source === "-" && OF_FILES.includes(name)) return true;
      return isLocation(source) && isRefusedForSourceInCos(name, value, command.args.at(-1));
    case "sync":
      return isRefusedBySync(name, value, command);
    case "rm":
      return !isRecursive && OF_FOLDERS.includes(name);
    case "check":
      return flags.from === undefined
        ? OF_FOLDERS.includes(name) && isFolder(command.args[0]) !== true
        : OF_PAIRS.includes(name);
    default:
      return false;
  }
}

function isRefusedBySync(name: string, value: unknown, command: Command): boolean {
  const flags = command.opts();
  const fromCos = isLocation(command.args[0]);
  const isInside = fromCos && isLocation(command.args[1]);
  if (name === "maxDelete") return flags.delete !== true;
  if (name === "sourceRegion") return !isInside;
  if (flags.watch === true && OF_ONE_SYNC.includes(name)) return true;
  if (isInside && (name === "cosignore" || name === "resume")) return true;
  return fromCos && (UPLOAD_ONLY.includes(name) || isOfServer(name, value));
}

/** Of `cp` and `mv`: a download, a copy inside COS, or an object that is written to stdout. */
function isRefusedForSourceInCos(name: string, value: unknown, target: string | undefined): boolean {
  if (UPLOAD_ONLY.includes(name) || name === "cosignore" || isOfServer(name, value)) return true;
  if (name === "skip") return value === "same";
  if (name === "resume") return isLocation(target);
  return name === "report" && target === "-";
}

/** Only uploads look in COS for what can be resumed. */
function isOfServer(name: string, value: unknown): boolean {
  return name === "resume" && value === "server";
}

function isLocation(word: string | undefined): boolean {
  return /^cos:\/\//i.test(word ?? "");
}

/** Undefined: there is nothing, or it cannot be looked at. The command says so. */
function isFolder(path: string | undefined): boolean | undefined {
  try {
    return path === undefined ? undefined : statSync(path, { throwIfNoEntry: false })?.isDirectory();
  } catch {
    return undefined;
  }
}
