import { type Env, moveOf, required, subrequestBudget } from "./env.ts";
import { HttpError } from "./http-error.ts";
import { sizesFor } from "./limits.ts";
import { idFrom, moveRequest } from "./requests.ts";

export const MOVES = "/moves";

/** `POST /moves` {id?, prefix?, targetPrefix?}: starts a move by Queues, or starts it again. */
export async function startMove(request: Request, env: Env): Promise<Response> {
  const given = await moveRequest(request);
  for (const name of ["R2", "OBJECTS", "PARTS", "DEAD_QUEUE", "LARGE_OBJECTS", "COS_BUCKET"] as const) {
    required(env, name);
  }
  sizesFor(subrequestBudget(env));
  const status = await moveOf(env, given.id).start(given);
  if (status.prefix !== given.prefix || status.targetPrefix !== given.targetPrefix) {
    throw new HttpError(409, "conflict", `${given.id} moves ${status.prefix} to ${status.targetPrefix}`);
  }
  return Response.json(status, { status: 202, headers: { location: `${MOVES}/${given.id}` } });
}

/** `GET /moves/<id>`: the status of the move. */
export async function moveStatus(request: Request, env: Env): Promise<Response> {
  const id = idFrom(request, `${MOVES}/`);
  const status = await moveOf(env, id).status();
  if (status === undefined) throw new HttpError(404, "not-found", `there was never a move ${id}`);
  return Response.json(status);
}
