import { consume } from "./consume.ts";
import { giveUp } from "./dead-letters.ts";
import type { Env } from "./env.ts";
import { errorResponse, HttpError } from "./http-error.ts";
import { MOVES, moveStatus, startMove } from "./moves.ts";
import { authenticate } from "./requests.ts";
import { startWorkflow, WORKFLOWS, workflowStatus } from "./workflows.ts";

export type { Env } from "./env.ts";
export { LargeObject } from "./large-object.ts";
export { Move } from "./move.ts";
export { MoveWorkflow } from "./workflow.ts";

// biome-ignore lint/style/noDefaultExport: a Worker is the default export of its module
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    try {
      await authenticate(request, env);
      return await route(request, env);
    } catch (error) {
      return errorResponse(error);
    }
  },

  async queue(batch: MessageBatch<unknown>, env: Env): Promise<void> {
    if (batch.queue === env.DEAD_QUEUE) await giveUp(batch, env);
    else await consume(batch, env);
  },
};

function route(request: Request, env: Env): Promise<Response> {
  const { pathname } = new URL(request.url);
  const call = `${request.method} ${pathname}`;
  if (call === `POST ${MOVES}`) return startMove(request, env);
  if (call.startsWith(`GET ${MOVES}/`)) return moveStatus(request, env);
  if (call === `POST ${WORKFLOWS}`) return startWorkflow(request, env);
  if (call.startsWith(`GET ${WORKFLOWS}/`)) return workflowStatus(request, env);
  throw new HttpError(404, "not-found", `there is no ${call}`);
}
