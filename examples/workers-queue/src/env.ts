import { createCos, type WorkersCosClient } from "@cosup/workers";
import { HttpError } from "./http-error.ts";
import type { LargeObjectLedger } from "./large-object-ledger.ts";
import type { MoveMessage } from "./messages.ts";
import type { MoveLedger } from "./move-ledger.ts";
import type { WorkflowParams } from "./workflow-params.ts";

/** Variables, secrets and bindings of this Worker (wrangler.jsonc, `wrangler secret put`). Each may be missing. */
export interface Env {
  readonly COS_REGION?: string;
  readonly COS_BUCKET?: string;
  readonly COS_SECRET_ID?: string;
  readonly COS_SECRET_KEY?: string;
  /** An endpoint other than that of COS: the emulator or a custom domain. */
  readonly COS_ENDPOINT?: string;
  readonly MOVE_SECRET?: string;
  readonly SUBREQUEST_BUDGET?: string;
  readonly DEAD_QUEUE?: string;
  readonly LEASE_SECONDS?: string;
  readonly R2?: R2Bucket;
  readonly OBJECTS?: Queue<MoveMessage>;
  readonly PARTS?: Queue<MoveMessage>;
  readonly MOVES?: DurableObjectNamespace<MoveLedger>;
  readonly LARGE_OBJECTS?: DurableObjectNamespace<LargeObjectLedger>;
  readonly WORKFLOWS?: Workflow<WorkflowParams>;
}

const FREE_PLAN_SUBREQUESTS = 50;
const LEASE_SECONDS = 120;
/** Of one request. Further ones are those of the queue or of the Workflow, which wait longer. */
const MAX_ATTEMPTS = 3;

/**
 * Returns a variable or binding.
 * @throws {HttpError} status 500: it is not configured
 */
export function required<Name extends keyof Env>(env: Env, name: Name): NonNullable<Env[Name]> {
  const value = env[name];
  if (value === undefined || value === "") {
    throw new HttpError(
      500,
      "not-configured",
      `this Worker has no ${name}; see wrangler.jsonc and the README`,
    );
  }
  return value as NonNullable<Env[Name]>;
}

export function subrequestBudget(env: Env): number {
  return Number(env.SUBREQUEST_BUDGET ?? FREE_PLAN_SUBREQUESTS);
}

/**
 * How long a delivery keeps its range after each part. After a crash, others wait so long. A part that takes longer may
 * be sent twice, which costs time and nothing else.
 */
export function leaseMs(env: Env): number {
  return Number(env.LEASE_SECONDS ?? LEASE_SECONDS) * 1000;
}

/**
 * Creates the client of one invocation.
 * @param others subrequests that this invocation makes besides those to COS
 */
export function cosOf(env: Env, others: number): WorkersCosClient {
  return createCos({
    Region: env.COS_REGION,
    SecretId: required(env, "COS_SECRET_ID"),
    SecretKey: required(env, "COS_SECRET_KEY"),
    Endpoint: env.COS_ENDPOINT,
    maxAttempts: MAX_ATTEMPTS,
    subrequestBudget: subrequestBudget(env) - others,
  });
}

/** The ledger of a move. */
export function moveOf(env: Env, move: string): DurableObjectStub<MoveLedger> {
  const moves = required(env, "MOVES");
  return moves.get(moves.idFromName(move));
}

/** The ledger of a large object of a move. */
export function largeObjectOf(
  env: Env,
  { move, targetKey }: { readonly move: string; readonly targetKey: string },
): DurableObjectStub<LargeObjectLedger> {
  const objects = required(env, "LARGE_OBJECTS");
  return objects.get(objects.idFromName(`${move}/${targetKey}`));
}
