import { beijingMidnightAfter } from "../store/beijing-midnight.ts";
import type { BucketStore } from "../store/bucket-store.ts";
import { currentObject } from "../store/history.ts";
import type { ObjectRecord } from "../store/records.ts";
import type { Store } from "../store/store.ts";
import { endsUpload, expiresObject } from "./due.ts";
import type { LifecycleRule } from "./rules.ts";

/** What was carried out last for a bucket: its rules, and the end of the day. */
interface Run {
  readonly rules: readonly LifecycleRule[];
  readonly until: number;
  readonly done: Promise<void>;
}

const runs = new WeakMap<BucketStore, Run>();

/**
 * Carries out the lifecycles of all buckets as far as they are due. Called before each operation, so that a clock that
 * a test moves is enough. Rules are due at midnights only, so each bucket is looked through once a day, and again when
 * its rules change.
 */
export async function runLifecycles(store: Store, now: number): Promise<void> {
  for (const bucket of store.buckets()) await runBucket(bucket, now);
}

async function runBucket(bucket: BucketStore, now: number): Promise<void> {
  const rules = bucket.record.lifecycle;
  if (!rules) return;
  // The next millisecond: at midnight itself, the new day's rules are due.
  const until = beijingMidnightAfter(now + 1);
  const last = runs.get(bucket);
  if (last?.rules !== rules || last.until !== until) {
    runs.set(bucket, { rules, until, done: carryOut(bucket, rules, now) });
  }
  try {
    // A request that arrives meanwhile must not see what is being deleted.
    await runs.get(bucket)?.done;
  } catch (error) {
    // Tried again with the next request.
    runs.delete(bucket);
    throw error;
  }
}

async function carryOut(bucket: BucketStore, rules: readonly LifecycleRule[], now: number): Promise<void> {
  for (const upload of bucket.uploads.all()) {
    // Another request may have ended it meanwhile, and then deleted the bucket.
    if (!bucket.uploads.get(upload.uploadId)) continue;
    if (rules.some((rule) => endsUpload(rule, upload, now))) await bucket.abort(upload.uploadId);
  }
  for (const [key, history] of bucket.objects.from()) {
    if (!isExpired(rules, currentObject(history), now)) continue;
    // Looked at again under the lock of the key: it may have been overwritten meanwhile.
    await bucket.objects.remove(key, now, (present) => isExpired(rules, present, now));
  }
}

function isExpired(rules: readonly LifecycleRule[], record: ObjectRecord | undefined, now: number): boolean {
  return record !== undefined && rules.some((rule) => expiresObject(rule, record, now));
}
