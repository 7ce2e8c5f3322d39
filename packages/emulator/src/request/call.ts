import type { Call, CallParts } from "../types.ts";
import { addressedBucket } from "./addressed-bucket.ts";

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
      return addressedBucket(store, address.bucket);
    },
    header: (name) => headers.get(name),
    withBody: (body) => createCall({ ...parts, body: parts.openBody(body) }),
  };
}

function ownerOf(bucket = ""): string {
  const uin = /-(\d+)$/.exec(bucket)?.[1] ?? "0";
  return `qcs::cam::uin/${uin}:uin/${uin}`;
}
