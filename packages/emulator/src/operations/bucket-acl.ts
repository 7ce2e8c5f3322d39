import { aclFrom } from "../request/acl.ts";
import { receiveDocument } from "../request/receive.ts";
import type { Call, EmulatorResponse } from "../types.ts";
import { aclFromDocument } from "./object-acl.ts";
import { empty } from "./respond.ts";

/** PUT /?acl: sets the bucket's ACL from the headers or, without ACL headers, from a document. */
export async function putBucketAcl(call: Call): Promise<EmulatorResponse> {
  const { bucket } = call;
  const acl =
    aclFrom(call.headers, "bucket") ?? aclFromDocument(await receiveDocument(call, "AccessControlPolicy"));
  await bucket.configure((present) => ({ ...present, acl }));
  return empty(200);
}
