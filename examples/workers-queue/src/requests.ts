import { type Env, required } from "./env.ts";
import { HttpError } from "./http-error.ts";
import type { MoveRequest } from "./move-ledger.ts";

/** Rejects requests without MOVE_SECRET. Replace it by your own sessions or tokens. */
export async function authenticate(request: Request, env: Env): Promise<void> {
  const expected = required(env, "MOVE_SECRET");
  const given = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
  // Digests have a fixed length, so the comparison reveals nothing, not even the length of the secret.
  const [a, b] = await Promise.all([sha256(given), sha256(expected)]);
  if (!crypto.subtle.timingSafeEqual(a, b)) {
    throw new HttpError(401, "unauthorized", "send 'Authorization: Bearer <MOVE_SECRET>'");
  }
}

/**
 * Reads the body {id?, prefix?, targetPrefix?} of a request.
 * @throws {HttpError} status 400: it is no JSON object, or a member is wrong, named
 */
export async function moveRequest(request: Request): Promise<MoveRequest> {
  const body: unknown = await request.json().catch(() => undefined);
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new HttpError(400, "invalid-argument", "the body must be a JSON object");
  }
  const members = body as Record<string, unknown>;
  const prefix = textMember(members, "prefix", "");
  const id = textMember(members, "id", crypto.randomUUID());
  if (!/^[a-zA-Z0-9_-]{1,60}$/.test(id)) {
    throw new HttpError(400, "invalid-argument", "id: must be 1 to 60 letters, digits, '-' or '_'");
  }
  return { id, prefix, targetPrefix: textMember(members, "targetPrefix", prefix) };
}

/** The id that follows `before` in the path. */
export function idFrom(request: Request, before: string): string {
  return new URL(request.url).pathname.slice(before.length);
}

function textMember(body: Record<string, unknown>, name: string, otherwise: string): string {
  const value = body[name] ?? otherwise;
  if (typeof value !== "string") {
    throw new HttpError(400, "invalid-argument", `${name}: must be a string`);
  }
  return value;
}

function sha256(text: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
}
