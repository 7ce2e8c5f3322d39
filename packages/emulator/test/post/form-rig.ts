import { createHash, createHmac } from "node:crypto";
import { BUCKET, KEYS, type Rig, type TestResponse } from "../rig.ts";

export const BOUNDARY = "----FormBoundary7MA4YWxk";

/** What COS replaces with the name of the file. */
export const FILE_NAME = "\x24{filename}";

export type Field = readonly [name: string, value: string];

/** A file of a form; null: the form has none. */
export interface FileField {
  readonly name?: string;
  readonly fileName?: string;
  readonly content: string | Uint8Array;
  readonly type?: string;
}

/** The bytes of a form, as a browser writes them. */
export function formBody(
  fields: readonly Field[],
  file: FileField | null,
  after: readonly Field[] = [],
): Buffer {
  const part = (disposition: string, content: string | Uint8Array, type?: string): Buffer =>
    Buffer.concat([
      Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; ${disposition}\r\n`),
      Buffer.from(type === undefined ? "\r\n" : `Content-Type: ${type}\r\n\r\n`),
      Buffer.from(content),
      Buffer.from("\r\n"),
    ]);
  const named = ([name, value]: Field): Buffer => part(`name="${name}"`, value);
  const { name = "file", fileName = "a.bin", content = "", type = "application/octet-stream" } = file ?? {};
  return Buffer.concat([
    ...fields.map(named),
    ...(file ? [part(`name="${name}"; filename="${fileName}"`, content, type)] : []),
    ...after.map(named),
    Buffer.from(`--${BOUNDARY}--\r\n`),
  ]);
}

export interface Signing {
  readonly nowMs: number;
  readonly secretId?: string;
  readonly secretKey?: string;
  readonly expiresMs?: number;
  /** Replaces the three conditions that COS requires. */
  readonly required?: readonly unknown[];
  readonly keyTime?: string;
}

/** The fields of a signed policy, computed as COS's document says and not as the emulator does. */
export function signedFields(conditions: readonly unknown[], signing: Signing): readonly Field[] {
  const { nowMs, secretId = KEYS.secretId, secretKey = KEYS.secretKey } = signing;
  const seconds = Math.floor(nowMs / 1000);
  const keyTime = signing.keyTime ?? `${seconds - 60};${seconds + 600}`;
  const required = [{ "q-sign-algorithm": "sha1" }, { "q-ak": secretId }, { "q-sign-time": keyTime }];
  const policy = JSON.stringify({
    expiration: new Date(signing.expiresMs ?? nowMs + 600_000).toISOString(),
    conditions: [...conditions, ...(signing.required ?? required)],
  });
  const hmac = (key: string, text: string) => createHmac("sha1", key).update(text).digest("hex");
  const digest = createHash("sha1").update(policy).digest("hex");
  return [
    ["policy", Buffer.from(policy).toString("base64")],
    ["q-sign-algorithm", "sha1"],
    ["q-ak", secretId],
    ["q-key-time", keyTime],
    ["q-signature", hmac(hmac(secretKey, keyTime), digest)],
  ];
}

export function post(
  rig: Rig,
  body: Uint8Array,
  headers: Record<string, string> = {},
): Promise<TestResponse> {
  const type = { "content-type": `multipart/form-data; boundary=${BOUNDARY}` };
  return rig.ask({ method: "POST", path: "/", sign: false, body, headers: { ...type, ...headers } });
}

/** Posts a file under a policy with only the conditions that COS requires. */
export function upload(
  rig: Rig,
  fields: readonly Field[],
  file: FileField = { content: "hello" },
  conditions: readonly unknown[] = [{ bucket: BUCKET }],
): Promise<TestResponse> {
  return post(rig, formBody([...fields, ...signedFields(conditions, rig)], file));
}
