import { deleteObjects } from "@cosup/node/objects";
import { type Deletion, NO_PARTS, report, type SyncRun } from "./sync-context.ts";

/** Objects of one request. */
const BATCH = 1000;

/** Deletes objects below the prefix; each failure is an outcome. */
export async function removeObjects(run: SyncRun, deletions: readonly Deletion[]): Promise<void> {
  const { client, location, signal } = run;
  const sizes = new Map<string, number | undefined>();
  for (let from = 0; from < deletions.length; from += BATCH) {
    sizes.clear();
    for (const { pair } of deletions.slice(from, from + BATCH))
      if (pair.remote !== undefined) sizes.set(pair.remote.key, pair.remote.size);
    const Objects = [...sizes.keys()].map((Key) => ({ Key }));
    const { Deleted, Errors } = await deleteObjects(client, { Bucket: location.bucket, Objects, signal });
    const objectFor = (key: string) => ({
      source: `cos://${location.bucket}/${key}`,
      key,
      size: sizes.get(key),
      ...NO_PARTS,
    });
    for (const { Key } of Deleted) report(run, { ...objectFor(Key), status: "deleted" });
    for (const { Key, Code, Message } of Errors) {
      const error = new Error(`cos://${location.bucket}/${Key} was not deleted: ${Message} (${Code})`);
      report(run, { ...objectFor(Key), status: "failed", error });
    }
  }
}
