import { createHash, createHmac } from "node:crypto";
import type { Sha1 } from "@cosup/core/runtime";

/** SHA-1 without a promise, so that signing needs neither a turn of the event loop nor a thread. */
export const SHA1: Sha1 = {
  digest: (text) => createHash("sha1").update(text).digest("hex"),
  hmac: (key, text) => createHmac("sha1", key).update(text).digest("hex"),
};
