import { createCos, type WorkersCosClient } from "@cosup/workers";
import { HttpError } from "./http-error.ts";
import type { MoveObject } from "./move-status.ts";

/** Variables, secrets and bindings of this Worker (wrangler.jsonc, `wrangler secret put`). Each may be missing. */
export interface Env {
  readonly COS_REGION?: string;
  readonly COS_BUCKET?: string;
  readonly COS_SECRET_ID?: string;
  readonly COS_SECRET_KEY?: string;
  /** An endpoint other than that of COS: the emulator or a custom domain. */
  readonly COS_ENDPOINT?: string;
  readonly UPLOAD_SECRET?: string;
  readonly SUBREQUEST_BUDGET?: string;
  readonly MAX_BODY_BYTES?: string;
  readonly R2?: R2Bucket;
  readonly MOVES?: DurableObjectNamespace<MoveObject>;
  readonly RECEIPTS?: KVNamespace;
}

const FREE_PLAN_SUBREQUESTS = 50;
const FREE_PLAN_BODY = 100_000_000;

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

/**
 * Creates the client of one request.
 * @param others subrequests that this invocation makes besides those to COS
 */
export function cosOf(env: Env, others = 0): WorkersCosClient {
  return createCos({
    Region: env.COS_REGION,
    SecretId: required(env, "COS_SECRET_ID"),
    SecretKey: required(env, "COS_SECRET_KEY"),
    Endpoint: env.COS_ENDPOINT,
    subrequestBudget: Number(env.SUBREQUEST_BUDGET ?? FREE_PLAN_SUBREQUESTS) - others,
  });
}

export function maxBodyBytes(env: Env): number {
  return Number(env.MAX_BODY_BYTES ?? FREE_PLAN_BODY);
}
