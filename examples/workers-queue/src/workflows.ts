import { type Env, required, subrequestBudget } from "./env.ts";
import { HttpError } from "./http-error.ts";
import { idFrom, moveRequest } from "./requests.ts";
import { type ReportedUpload, unsureText } from "./unsure.ts";
import type { WorkflowOutput } from "./workflow-params.ts";

export const WORKFLOWS = "/workflows";

/** Subrequests for the request itself. */
const OTHERS = 5;

/** `POST /workflows` {id?, prefix?, targetPrefix?}: starts a move as a Workflow. */
export async function startWorkflow(request: Request, env: Env): Promise<Response> {
  const given = await moveRequest(request);
  const workflow = required(env, "WORKFLOWS");
  for (const name of ["R2", "COS_BUCKET"] as const) required(env, name);
  const isKnown = await workflow.get(given.id).then(
    () => true,
    () => false,
  );
  if (isKnown) throw new HttpError(409, "conflict", `there is a Workflow ${given.id} already; give a new id`);
  await workflow.create({ id: given.id, params: { ...given, page: 1, after: "" } });
  const where = `${WORKFLOWS}/${given.id}`;
  return Response.json({ id: given.id }, { status: 202, headers: { location: where } });
}

/**
 * `GET /workflows/<id>`: the sums of an instance and of those that it started, as many as the subrequests allow. The
 * others are in `notAsked`.
 */
export async function workflowStatus(request: Request, env: Env): Promise<Response> {
  const workflow = required(env, "WORKFLOWS");
  const waiting = [idFrom(request, `${WORKFLOWS}/`)];
  const sums = {
    instances: 0,
    running: 0,
    done: 0,
    failures: [] as WorkflowOutput["failures"][number][],
    unsureUploads: [] as ReportedUpload[],
  };
  for (let asked = 0; asked < subrequestBudget(env) - OTHERS; asked += 2) {
    const id = waiting.shift();
    if (id === undefined) break;
    const instance = await workflow.get(id).catch(() => {
      throw new HttpError(404, "not-found", `there was never a Workflow ${id}`);
    });
    const { status, output, error } = await instance.status();
    sums.instances += 1;
    if (status === "complete") {
      const { done, failures, unsureUploads, started } = output as WorkflowOutput;
      sums.done += done;
      sums.failures.push(...failures);
      sums.unsureUploads.push(...unsureUploads);
      waiting.push(...started);
    } else if (status === "errored" || status === "terminated") {
      sums.failures.push({ key: `Workflow ${id}`, error: error?.message ?? status });
    } else sums.running += 1;
  }
  const running = sums.running > 0 || waiting.length > 0;
  const state = running ? "running" : sums.failures.length > 0 ? "failed" : "done";
  const unsure = sums.unsureUploads.length;
  const text = unsureText(unsure, sums.unsureUploads).join(" ");
  return Response.json({ state, ...sums, unsure, text, notAsked: waiting });
}
