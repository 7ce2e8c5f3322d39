// A Worker may not compile bytes, so the module is imported. The condition `workerd`, which stands first in this entry of
// `exports` of core, leads a bundler for Workers to the file `cosup.wasm`. wrangler uploads it beside the script, and the
// runtime compiles it. That is a kind of module of workerd's own, and wrangler sets the condition with and without
// `nodejs_compat`: the flag adds modules of Node, of which none takes part here. Without the condition, the name leads to
// core's `wasm-module.ts`, which compiles bytes: that serves Node, Deno and Bun, and fails in a Worker with an error that
// names the condition.
import wasm from "@cosup/core/cosup.wasm";
import { commonTypeOf, holdNodeStream, type Runtime } from "@cosup/core/runtime";
import { ArgumentTypeError } from "@cosup/core/upload";
import { ConnectionPool } from "./connection-pool.ts";
import { diagnostics } from "./diagnostics.ts";
import { DigestCorePool } from "./digest-core-pool.ts";
import { fitUpload, PREFERRED_PART } from "./fit-upload.ts";
import { openInput } from "./open.ts";
import { byteStreamSource } from "./sources/byte-stream-source.ts";
import { SubrequestMeter } from "./subrequest-meter.ts";
import { createSend } from "./transport.ts";
import { transportFailure } from "./transport-error.ts";

/** An invocation may have six open connections. One is left for the caller. */
const CONNECTIONS = 5;

export interface WorkersRuntimeOptions {
  readonly memoryBudget: number;
  readonly subrequestBudget: number | undefined;
}

/** The runtime of Workers: fetch, a compiled WASM module, R2, and the limits of an invocation. */
export function createWorkersRuntime(options: WorkersRuntimeOptions): {
  readonly runtime: Runtime;
  readonly meter: SubrequestMeter;
} {
  const pool = new ConnectionPool(CONNECTIONS);
  const meter = new SubrequestMeter(options.subrequestBudget);
  const cores = new DigestCorePool();
  const limits = { memoryBudget: options.memoryBudget, connections: CONNECTIONS };
  const runtime: Runtime = {
    name: "workers",
    wasm,
    defaults: { partSize: PREFERRED_PART, concurrency: CONNECTIONS, memoryBudget: options.memoryBudget },
    takesResizable: true,
    send: createSend(pool, meter),
    pacesBodies: true,
    open: (input) => openInput(input, { pool, meter }),
    openStream: byteStreamSource,
    holdNodeStream,
    contentTypeOf: commonTypeOf,
    checkpointStore: () => {
      const accepted = "must be a CheckpointStore on Workers: durableObjectCheckpoints(this.ctx.storage)";
      throw new ArgumentTypeError("checkpoints", accepted);
    },
    adaptUpload: (source, requested) => fitUpload(meter, limits, source, requested),
    beginCall: () => cores.beginCall(),
    acquireDigestCore: (bytes, create) => cores.acquire(bytes, create),
    transportError: transportFailure,
    diagnostics: diagnostics(),
  };
  return { runtime, meter };
}
