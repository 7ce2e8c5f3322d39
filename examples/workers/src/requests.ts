import { checkUpload } from "@cosup/workers";
import { type Env, required } from "./env.ts";
import { HttpError } from "./http-error.ts";

/** Rejects requests without UPLOAD_SECRET. Replace it by your own sessions or tokens. */
export async function authenticate(request: Request, env: Env): Promise<void> {
  const expected = required(env, "UPLOAD_SECRET");
  const given = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
  // Digests have a fixed length, so the comparison reveals nothing, not even the length of the secret.
  const [a, b] = await Promise.all([sha256(given), sha256(expected)]);
  if (!crypto.subtle.timingSafeEqual(a, b)) {
    throw new HttpError(401, "unauthorized", "send 'Authorization: Bearer <UPLOAD_SECRET>'");
  }
}

/** The object key that follows `prefix` in the path. */
export function keyFrom(request: Request, prefix: string): string {
  const encoded = new URL(request.url).pathname.slice(prefix.length);
  let key: string;
  try {
    key = decodeURIComponent(encoded);
  } catch {
    throw new HttpError(400, "invalid-argument", "Key: the path is not percent-encoded UTF-8");
  }
  checkUpload({ Key: key });
  return key;
}

/** The members of a JSON body. */
export async function jsonBody(request: Request): Promise<Record<string, unknown>> {
  const body: unknown = await request.json().catch(() => undefined);
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new HttpError(400, "invalid-argument", "the body must be a JSON object");
  }
  return body as Record<string, unknown>;
}

export function textMember(body: Record<string, unknown>, name: string): string {
  const value = body[name];
  if (typeof value !== "string" || value === "") {
    throw new HttpError(400, "invalid-argument", `${name}: must be a non-empty string`);
  }
  return value;
}

export function sizeMember(body: Record<string, unknown>, name: string, largest: number): number {
  const value = body[name];
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1 || value > largest) {
    throw new HttpError(400, "invalid-argument", `${name}: must be a whole number from 1 to ${largest}`);
  }
  return value;
}

function sha256(text: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
}
