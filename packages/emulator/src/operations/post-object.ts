import { checkKeyPolicy } from "../auth/policy/check-policy.ts";
import { CosErrorResponse } from "../errors.ts";
import { authenticateForm } from "../post/authenticate-form.ts";
import { type Form, malformed, readForm } from "../post/form.ts";
import { checkPolicy, withinRange } from "../post/policy.ts";
import { headersOfForm } from "../post/stored-headers.ts";
import { createCall } from "../request/call.ts";
import { checkLimits } from "../request/check-limits.ts";
import { encodeKey, percentEncode } from "../request/percent.ts";
import type { ObjectRecord } from "../store/records.ts";
import type { Call, EmulatorResponse } from "../types.ts";
import { document, element } from "../xml/render.ts";
import { describeStored, storeObject } from "./put-object.ts";
import { empty, quoted } from "./respond.ts";

/** POST / with a form: stores the file of the form. The form brings its own signature, over a policy. */
export async function postObject(call: Call): Promise<EmulatorResponse> {
  const { bucket } = call;
  const contentType = call.header("content-type");
  if (contentType === undefined) throw malformed();
  const form = await readForm(contentType, call.body);
  try {
    const key = keyOf(form);
    const target = authorised(call, form, key);
    const redirect = redirectOf(form, bucket.record.name, key);
    return respond(call, form, await storeObject(target, "unknown"), redirect);
  } finally {
    await form.drain();
  }
}

/** The call that stores the file: its headers are those of the form. Refuses a form that its policy does not allow. */
function authorised(call: Call, { fields, content }: Form, key: string): Call {
  const { caller, policy } = authenticateForm(call, fields);
  if (policy) {
    const aliases: ReadonlyMap<string, string | undefined> = new Map([
      ["key", key],
      ["bucket", call.bucket.record.name],
      ["q-sign-time", fields.get("q-key-time")],
      ["acl", fields.get("acl") ?? fields.get("x-cos-acl")],
    ]);
    checkPolicy(policy, (name) => aliases.get(name) ?? fields.get(name), call.settings.now());
  }
  const headers = headersOfForm(fields);
  checkLimits(key, call.query, headers);
  const address = { ...call.address, key };
  const target = createCall({ ...call, caller, headers, address, body: withinRange(content, policy) });
  // A policy of the key limits the length of the request, which the call that stores the file has not.
  const length = call.header("content-length");
  const sized = length === undefined ? headers : new Map(headers).set("content-length", length);
  checkKeyPolicy(createCall({ ...target, headers: sized }));
  return target;
}

function keyOf({ fields, fileName }: Form): string {
  const key = fields.get("key")?.replaceAll(/\$\{filename\}/g, () => fileName);
  if (key) return key;
  throw new CosErrorResponse("InvalidArgument", "The form has no field key, or it is empty.");
}

/** Where success_action_redirect sends the browser; the ETag is added when it is known. */
function redirectOf({ fields }: Form, bucket: string, key: string): ((etag: string) => string) | undefined {
  const text = fields.get("success_action_redirect");
  if (!text) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new CosErrorResponse("InvalidArgument", "The success_action_redirect is not a valid address.");
  }
  return (etag) => {
    const added = `bucket=${bucket}&key=${percentEncode(key)}&etag=${percentEncode(quoted(etag))}`;
    url.search = url.search === "" ? added : `${url.search}&${added}`;
    return url.href;
  };
}

function respond(
  call: Call,
  { fields }: Form,
  record: ObjectRecord,
  redirect: ((etag: string) => string) | undefined,
): EmulatorResponse {
  const described = describeStored(record);
  if (redirect) return empty(303, { ...described, "Content-Length": "0", Location: redirect(record.etag) });
  const { name } = call.bucket.record;
  const region = call.address.region ?? call.settings.region;
  const location = `http://${name}.cos.${region}.myqcloud.com/${encodeKey(record.key)}`;
  const headers = { ...described, Location: location };
  const status = fields.get("success_action_status");
  if (status === "200") return empty(200, headers);
  if (status !== "201") return empty(204, headers);
  const root = element("PostResponse", [
    element("Location", location),
    element("Bucket", name),
    element("Key", record.key),
    element("ETag", quoted(record.etag)),
  ]);
  return { status: 201, headers: { ...headers, "Content-Type": "application/xml" }, body: document(root) };
}
