import { commonTypeOf, type Runtime } from "@cosup/core/runtime";
import { awaitOnline } from "./await-online.ts";
import { defaultCheckpoints } from "./checkpoints/default-checkpoints.ts";
import { compiledWasm } from "./compiled-wasm.ts";
import { corsRule } from "./cors-rule.ts";
import { explainCors } from "./explain-cors.ts";
import { PREFERRED_PART, planUpload, REQUESTS } from "./plan-upload.ts";
import { sendByFetch } from "./transport.ts";
import { transportFailure } from "./transport-error.ts";

const MEMORY_BUDGET = 64 * 1024 ** 2;

/**
 * The runtime of a page or a web worker: fetch, and WASM compiled from bytes.
 * @param signRequest signs in place of core
 */
export function createBrowserRuntime(signRequest?: Runtime["signRequest"]): Runtime {
  return {
    name: "browser",
    get wasm() {
      return compiledWasm();
    },
    defaults: { partSize: PREFERRED_PART, concurrency: REQUESTS, memoryBudget: MEMORY_BUDGET },
    send: awaitOnline(explainCors(sendByFetch)),
    // Core opens Files, Blobs, bytes, text, streams and Responses.
    open: async () => undefined,
    contentTypeOf: commonTypeOf,
    adaptUpload: planUpload,
    checkpointStore: defaultCheckpoints,
    transportError: transportFailure,
    // The checksum may be there and hidden from the page.
    get unverifiedHint() {
      return corsRule();
    },
    ...(signRequest !== undefined && { signRequest }),
  };
}
