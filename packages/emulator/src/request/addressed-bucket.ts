import type { BucketStore } from "../store/bucket-store.ts";
import { noSuchBucket } from "../store/no-such-bucket.ts";
import type { Store } from "../store/store.ts";

/** The bucket that a request addresses. Throws NoSuchBucket if there is none. */
export function addressedBucket(store: Store, name: string | undefined): BucketStore {
  const bucket = name === undefined ? undefined : store.bucket(name);
  if (!bucket) throw noSuchBucket();
  return bucket;
}
