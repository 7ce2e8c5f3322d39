import { ArgumentTypeError, type NodeCosClient } from "@cosup/node";
import { deleteObjects, eachObject, type ObjectIdentifier } from "@cosup/node/objects";
import { type ConnectionFlags, openClient } from "../client.ts";
import { confirm } from "../confirm.ts";
import { ownEnvironment } from "../credentials.ts";
import { EXIT } from "../exit-codes.ts";
import { abortOnInterrupt } from "../interrupt.ts";
import { type Location, parseLocation, parseObjectLocation } from "../location.ts";
import { writeError, writeJson, writeResult } from "../output.ts";
import {
  checkSelectionFlags,
  openSelection,
  type Selection,
  type SelectionFlags,
} from "../selection/selection.ts";
import { countOf } from "./ls.ts";

/** The flags of `cosup rm`. */
export interface RemoveFlags extends ConnectionFlags, SelectionFlags {
  readonly recursive?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly versionId?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Objects of one request. */
const BATCH = 1000;

interface Removal {
  readonly client: NodeCosClient;
  readonly flags: RemoveFlags;
  /** Which objects below the folders. */
  readonly selection: Selection;
  readonly signal: AbortSignal;
  deleted: number;
  failed: number;
}

/** Runs `cosup rm`: deletes objects, or with -r all objects of a folder. Returns the exit code. */
export async function remove(targets: readonly string[], flags: RemoveFlags): Promise<number> {
  const recursive = flags.recursive === true;
  const locations = targets.map(recursive ? folderOf : parseObjectLocation);
  if (flags.versionId !== undefined && (recursive || targets.length > 1))
    throw new ArgumentTypeError("VersionId", "belongs to one object: give one target, and no -r");
  checkSelection(flags, targets.length);
  const signal = abortOnInterrupt();
  const selection = await openSelection(flags, undefined, signal);
  const client = openClient(flags, ownEnvironment());
  const run: Removal = { client, flags, selection, signal, deleted: 0, failed: 0 };
  try {
    if (recursive && !(await isMeant(run, targets))) {
      writeError("nothing was deleted");
      return EXIT.done;
    }
    try {
      for (const location of locations) await removeBelow(run, location, recursive);
      if (recursive) warnOfSelection(run);
    } finally {
      // Also after a failure: what was deleted stays deleted.
      summarize(run);
    }
  } finally {
    await client.close();
  }
  return run.failed === 0 ? EXIT.done : EXIT.failed;
}

/** @throws {TypeError} flags of a selection that would be ignored: what they were to keep would be deleted */
function checkSelection(flags: RemoveFlags, targets: number): void {
  const recursive = flags.recursive === true;
  for (const name of ["include", "exclude"] as const)
    if (!recursive && flags[name] !== undefined) throw new ArgumentTypeError(name, "needs -r");
  checkSelectionFlags(flags, recursive);
  if (flags.filesFrom !== undefined && targets > 1)
    throw new ArgumentTypeError("filesFrom", "belongs to one folder: give one target");
}

function warnOfSelection({ selection, flags }: Removal): void {
  if (flags.quiet === true) return;
  const warn = ({ message }: { readonly message: string }): void => writeError(`warning: ${message}`);
  selection.warnUnmatched(warn);
  for (const { error } of selection.missing()) warn(error);
}

/** `rm -r cos://bucket/dir` means the folder `dir/`, and not the object `dir` or the folder `directory/`. */
function folderOf(target: string): Location {
  const { bucket, key } = parseLocation(target);
  return { bucket, key: key === "" || key.endsWith("/") ? key : `${key}/` };
}

async function isMeant({ flags, signal }: Removal, targets: readonly string[]): Promise<boolean> {
  if (flags.dryRun === true) return true;
  const { include, exclude, excludeFrom, filesFrom } = flags;
  const isSelected = [include, exclude, excludeFrom, filesFrom].some((flag) => flag !== undefined);
  const what = isSelected ? "the selected objects" : "every object";
  return confirm(`Delete ${what} below ${targets.join(", ")}?`, flags.yes === true, signal);
}

async function removeBelow(run: Removal, { bucket, key }: Location, recursive: boolean): Promise<void> {
  const { client, flags, selection, signal } = run;
  if (!recursive) return removeBatch(run, bucket, [{ Key: key, VersionId: flags.versionId }]);
  let batch: ObjectIdentifier[] = [];
  for await (const { Key } of eachObject(client, { Bucket: bucket, Prefix: key, signal })) {
    const path = Key.slice(key.length);
    selection.found(path);
    if (!selection.wants(path)) continue;
    batch.push({ Key });
    if (batch.length < BATCH) continue;
    await removeBatch(run, bucket, batch);
    batch = [];
  }
  if (batch.length > 0) await removeBatch(run, bucket, batch);
}

async function removeBatch(
  run: Removal,
  Bucket: string,
  Objects: readonly ObjectIdentifier[],
): Promise<void> {
  const { client, flags, signal } = run;
  if (flags.dryRun === true) {
    for (const { Key } of Objects) report(run, "would delete", "planned", Bucket, Key);
    return;
  }
  const { Deleted, Errors } = await deleteOf(client, { Bucket, Objects, signal });
  for (const { Key } of Deleted) report(run, "deleted", "deleted", Bucket, Key);
  for (const { Key, Code, Message } of Errors) {
    run.failed += 1;
    const message = `cos://${Bucket}/${Key} was not deleted: ${Message} (${Code})`;
    if (flags.json === true) writeJson({ type: "error", code: "delete-failed", key: Key, message });
    writeError(`cosup: ${message}`);
  }
}

/** One object is deleted by DELETE Object, which a key that may not list or delete many is often allowed. */
async function deleteOf(
  client: NodeCosClient,
  { Bucket, Objects, signal }: { Bucket: string; Objects: readonly ObjectIdentifier[]; signal: AbortSignal },
): Promise<Pick<Awaited<ReturnType<typeof deleteObjects>>, "Deleted" | "Errors">> {
  const [only] = Objects;
  if (only === undefined || Objects.length > 1) return deleteObjects(client, { Bucket, Objects, signal });
  await client.deleteObject({ Bucket, ...only, signal });
  return { Deleted: [{ ...only, DeleteMarker: false, DeleteMarkerVersionId: undefined }], Errors: [] };
}

function report(run: Removal, verb: string, status: string, bucket: string, key: string): void {
  run.deleted += 1;
  if (run.flags.json === true) writeJson({ type: "deleted", bucket, key, status });
  else if (run.flags.quiet !== true) writeResult(`${verb} cos://${bucket}/${key}`);
}

function summarize({ flags, deleted, failed }: Removal): void {
  if (flags.json === true) writeJson({ type: "summary", deleted, failed });
  else if (flags.recursive === true && flags.quiet !== true) {
    const what =
      flags.dryRun === true ? `${countOf(deleted)} would be deleted` : `${countOf(deleted)} deleted`;
    writeResult(failed === 0 ? what : `${what}, ${failed} failed`);
  }
}
