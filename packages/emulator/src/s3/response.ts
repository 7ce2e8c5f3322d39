import { randomBytes } from "node:crypto";
import type { EmulatorResponse } from "../types.ts";

export const S3_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

/** COS headers that S3 has with its own prefix. Those that only COS has keep their name. */
const RENAMED =
  /^x-cos-(meta-.+|acl|bucket-region|copy-source-version-id|delete-marker|expiration|restore|server-side-encryption.*|storage-class|tagging-count|version-id|website-redirect-location)$/i;

/** Writes a response as an S3 client expects it: header names, namespace, and the ids of the request. */
export function inS3(response: EmulatorResponse, requestId: string): EmulatorResponse {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) headers[s3NameOf(name)] = s3Value(value);
  headers["x-amz-request-id"] = requestId;
  headers["x-amz-id-2"] = randomBytes(48).toString("base64");
  const { body } = response;
  if (typeof body !== "string") return { ...response, headers };
  const named = withNamespace(body);
  if (headers["Content-Length"] === String(Buffer.byteLength(body))) {
    headers["Content-Length"] = String(Buffer.byteLength(named));
  }
  return { ...response, headers, body: named };
}

function s3NameOf(name: string): string {
  if (!RENAMED.test(name)) return name;
  return name.replace(/^x-cos-/i, "x-amz-").replace("-cos-kms-key-id", "-aws-kms-key-id");
}

function s3Value(value: string): string {
  return value === "cos/kms" ? "aws:kms" : value;
}

/** Adds the namespace to the root of a document. Error documents have none. */
function withNamespace(text: string): string {
  return text.replace(/^(<\?xml[^>]*>\s*<)(?!Error[>\s])([A-Za-z]+)>/, `$1$2 xmlns="${S3_NAMESPACE}">`);
}
