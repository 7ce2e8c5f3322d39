import { checkUpload } from "@cosup/workers";
import { type Env, required } from "./env.ts";
import { HttpError } from "./http-error.ts";
import type { MoveObject, MoveStatus } from "./move-status.ts";
import { jsonBody, keyFrom, textMember } from "./requests.ts";

export const COPY = "/copy-from-r2";

/** `POST /copy-from-r2` {key, targetKey}: starts the move of an R2 object to COS, or continues it. */
export async function startCopy(request: Request, env: Env): Promise<Response> {
  const body = await jsonBody(request);
  const key = textMember(body, "key");
  const targetKey = textMember(body, "targetKey");
  checkUpload({ Key: targetKey });
  const move = moveTo(env, targetKey);
  const object = await required(env, "R2").head(key);
  if (object === null) throw new HttpError(404, "not-found", `R2 has no object ${key}`);
  const status = await move.start({ key, targetKey, size: object.size });
  if (status.key !== key) {
    throw new HttpError(409, "conflict", `${targetKey} is already being moved from ${status.key}`);
  }
  const where = `${COPY}/${encodeURIComponent(targetKey)}`;
  return Response.json(status, { status: 202, headers: { location: where } });
}

/** `GET /copy-from-r2/<targetKey>`: the status of the move. */
export async function copyStatus(request: Request, env: Env): Promise<Response> {
  const targetKey = keyFrom(request, `${COPY}/`);
  const status: MoveStatus | undefined = await moveTo(env, targetKey).status();
  if (status === undefined) throw new HttpError(404, "not-found", `nothing was ever moved to ${targetKey}`);
  return Response.json(status);
}

/** There is one Durable Object per target key, so two moves to the same key exclude each other. */
function moveTo(env: Env, targetKey: string): DurableObjectStub<MoveObject> {
  const moves = required(env, "MOVES");
  return moves.get(moves.idFromName(targetKey));
}
