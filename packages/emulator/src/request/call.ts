import type { BucketStore } from "../store/bucket-store.ts";
import { noSuchBucket } from "../store/change-gate.ts";
import type { Store } from "../store/store.ts";
import type { Call, CallParts } from "../types.ts";

export function createCall(parts: CallParts): Call {
  const { address, headers, settings, store } = parts;
  return {
    ...parts,
    key: address.key,
    owner: ownerOf(address.bucket),
    get now() {
      return settings.now();
    },
    get bucket() {
      return requireBucket(store, address.bucket);
    },
    header: (name) => headers.get(name),
    withBody: (body) => createCall({ ...parts, body: parts.openBody(body) }),
  };
}

function requireBucket(store: Store, name: string | undefined): BucketStore {
  const bucket = name === undefined ? undefined : store.bucket(name);
  if (!bucket) throw noSuchBucket();
  return bucket;
}

function ownerOf(bucket = ""): string {
  const uin = /-(\d+)$/.exec(bucket)?.[1] ?? "0";
  return `qcs::cam::uin/${uin}:uin/${uin}`;
}
