import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { findCredentials } from "../auth/credentials.ts";
import { denied, fieldsFrom } from "../auth/fields.ts";
import { checkTime, checkToken } from "../auth/validity.ts";
import { CosErrorResponse } from "../errors.ts";
import type { Call, Caller } from "../types.ts";
import { type Policy, parsePolicy } from "./policy.ts";

/** Who sent a form, and the policy that it must fulfil. */
export interface FormCaller {
  readonly caller: Caller;
  /** Undefined: the form has none, and this emulator or the caller's other signature allows it. */
  readonly policy: Policy | undefined;
}

/** Verifies the signature of a form's policy. */
export function authenticateForm(call: Call, fields: ReadonlyMap<string, string>): FormCaller {
  const policy = fields.get("policy");
  const unsigned = policy === undefined && !fields.has("q-signature");
  if (unsigned && (call.caller.kind === "signed" || call.settings.anonymous)) {
    return { caller: call.caller, policy: undefined };
  }
  if (policy === undefined) throw denied();
  // A form names its one time q-key-time.
  const signature = fieldsFrom((name) => fields.get(name === "q-sign-time" ? "q-key-time" : name));
  const { settings } = call;
  const token = fields.get("x-cos-security-token") || undefined;
  const credentials = findCredentials(settings.credentials, signature.secretId, token);
  const text = Buffer.from(policy, "base64").toString("utf8");
  const stringToSign = createHash("sha1").update(text).digest("hex");
  // As in every signature of COS, the key is the hexadecimal text, not the bytes that it encodes.
  const signKey = createHmac("sha1", credentials.secretKey).update(signature.keyTime.text).digest("hex");
  const expected = createHmac("sha1", signKey).update(stringToSign).digest("hex");
  if (!timingSafeEqual(Buffer.from(expected), Buffer.from(signature.signature))) {
    throw new CosErrorResponse("SignatureDoesNotMatch", "The Signature you specified is invalid.", {
      StringToSign: stringToSign,
    });
  }
  checkTime(signature, new Map(), settings.now());
  checkToken(credentials, token, settings.now());
  const caller = { kind: "signed", secretId: signature.secretId, policy: credentials.policy } as const;
  return { caller, policy: parsePolicy(text) };
}
