import { stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { ArgumentTypeError, checkUpload, type NodeCosClient, SourceError } from "@cosup/node";
import { eachObject } from "@cosup/node/objects";
import { isLocation, type Location, parseLocation, parseObjectLocation } from "../location.ts";
import { messageOf } from "../report.ts";
import type { Selection } from "../selection/selection.ts";

/** What `cosup cp` does with objects of COS, and where they go. */
export interface RemotePlan {
  readonly sources: readonly Location[];
  readonly target: RemoteTarget;
}

/** Where objects of COS go. */
export type RemoteTarget =
  | { readonly kind: "stdout" }
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "location"; readonly location: Location };

/** One object and where it goes: a path or a location. */
export interface RemoteItem {
  readonly source: Location;
  /** Bytes, if a list has said it. */
  readonly size: number | undefined;
  readonly to: string | Location;
  /** Why it cannot go there. */
  readonly refused?: Error;
}

/**
 * Splits arguments whose first source is in COS. Sends nothing.
 * @param values at least two
 * @throws {TypeError} {@link RangeError} a missing or invalid argument, or arguments that contradict each other
 */
export function parseRemoteArguments(values: readonly string[], recursive: boolean): RemotePlan {
  const sources = values.slice(0, -1);
  const last = values.at(-1) ?? "";
  const local = sources.find((source) => !isLocation(source));
  if (local !== undefined)
    throw new ArgumentTypeError("source", `'${local}' is a local file, and another source is not`);
  const target = targetOf(last);
  if (target.kind === "stdout" && (sources.length > 1 || recursive))
    throw new ArgumentTypeError("target", "- (stdout) takes one object");
  if (sources.length > 1 && !namesFolder(last))
    throw new ArgumentTypeError("target", `must end with '/' when there are several sources`);
  if (recursive && sources.length > 1)
    throw new ArgumentTypeError("source", "one folder per command: give one source with -r");
  const bucket = recursive ? undefined : sources.find((source) => parseLocation(source).key === "");
  if (bucket !== undefined)
    throw new ArgumentTypeError("source", `${bucket} is a bucket: add -r for everything in it`);
  return { sources: sources.map(recursive ? parseLocation : parseObjectLocation), target };
}

function targetOf(text: string): RemoteTarget {
  if (text === "-") return { kind: "stdout" };
  return isLocation(text)
    ? { kind: "location", location: parseLocation(text) }
    : { kind: "path", path: text };
}

/** `cos://bucket` is a folder too. */
function namesFolder(target: string): boolean {
  return (
    target.endsWith("/") || target.endsWith(sep) || (isLocation(target) && parseLocation(target).key === "")
  );
}

/**
 * The objects that a plan names, in the order of their keys.
 * @param selection which objects below the source; it lists the bucket. Undefined: the sources are objects
 */
export async function* remoteItems(
  client: NodeCosClient,
  { sources, target }: RemotePlan,
  selection: Selection | undefined,
  signal: AbortSignal,
): AsyncGenerator<RemoteItem, void, undefined> {
  if (target.kind === "stdout") return;
  if (selection === undefined) {
    const inFolder = target.kind === "path" ? await isFolder(target.path) : namesFolderKey(target.location);
    for (const source of sources) refuseFolder(source, target.kind === "path" && inFolder);
    const items = sources.map((source) =>
      itemOf(source, undefined, target, inFolder ? (source.key.split("/").at(-1) ?? "") : ""),
    );
    checkTargets(items);
    yield* items;
    return;
  }
  const [{ bucket, key }] = sources as [Location];
  const prefix = key === "" || key.endsWith("/") ? key : `${key}/`;
  for await (const { Key, Size } of eachObject(client, { Bucket: bucket, Prefix: prefix, signal })) {
    const name = Key.slice(prefix.length);
    selection.found(name);
    if (!selection.wants(name)) continue;
    // An object that stands for a folder itself.
    if (Key === prefix || (target.kind === "path" && Key.endsWith("/") && Size === 0)) continue;
    yield itemOf({ bucket, key: Key }, Size, target, name, true);
  }
}

/** @throws {TypeError} the name of a folder, whose object has no name of its own */
function refuseFolder({ bucket, key }: Location, needsName: boolean): void {
  if (needsName && key.endsWith("/"))
    throw new ArgumentTypeError("source", `cos://${bucket}/${key} is a folder: add -r for everything in it`);
}

function itemOf(
  source: Location,
  size: number | undefined,
  target: Exclude<RemoteTarget, { kind: "stdout" }>,
  name: string,
  isListed = false,
): RemoteItem {
  if (target.kind === "path") {
    const refused = name === "" ? undefined : refusalOf(source.key, name);
    return {
      source,
      size,
      to: name === "" ? target.path : join(target.path, name),
      ...(refused && { refused }),
    };
  }
  const { bucket, key } = target.location;
  const folder = name !== "" && key !== "" && !key.endsWith("/") ? `${key}/` : key;
  const to = { bucket, key: folder + name };
  const refused = isListed ? longKey(source, to) : undefined;
  if (refused === undefined) checkUpload({ Key: to.key });
  return { source, size, to, ...(refused && { refused }) };
}

/** The error of a listed object whose key would be too long at the target: it fails alone. */
function longKey({ bucket, key }: Location, to: Location): Error | undefined {
  try {
    checkUpload({ Key: to.key });
    return undefined;
  } catch (error) {
    const message = `cos://${bucket}/${key} cannot be copied to a key below the target: ${messageOf(error)}`;
    return new SourceError(message, "source-unreadable", error);
  }
}

/** A key is anything, a path is not: none may lead out of the folder or mean something else to the file system. */
export function refusalOf(key: string, name: string): Error | undefined {
  const parts = name.split(sep === "\\" ? /[\\/]/ : "/");
  const isPath = parts.every((part) => part !== "" && part !== "." && part !== ".." && !/[\0]/.test(part));
  if (isPath && (sep !== "\\" || !/[<>:"|?*]/.test(name))) return undefined;
  return new SourceError(
    `the key ${JSON.stringify(key)} cannot be a path below the target`,
    "source-unreadable",
  );
}

/** @throws {TypeError} two objects would go to the same place */
function checkTargets(items: readonly RemoteItem[]): void {
  const places = items.map(({ to }) => (typeof to === "string" ? to : `cos://${to.bucket}/${to.key}`));
  const twice = places.find((place, index) => places.indexOf(place) !== index);
  if (twice !== undefined) throw new ArgumentTypeError("source", `two objects would be stored as ${twice}`);
}

function namesFolderKey({ key }: Location): boolean {
  return key === "" || key.endsWith("/");
}

/** A path that ends with a separator, or that is a directory. */
async function isFolder(path: string): Promise<boolean> {
  if (path.endsWith("/") || path.endsWith(sep)) return true;
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
