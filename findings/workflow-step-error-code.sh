#!/usr/bin/env bash
# An error that leaves the step of a Workflow loses its code, and its name moves into the message; over RPC both stay.
#
# Version: miniflare 4.20260426.0 with workerd 1.20260426.1, compatibility date 2026-04-26. Seen as well: miniflare
#   5.20261117.0-beta with workerd 1.20261117.1, compatibility dates 2026-04-26 and 2026-11-17.
# Source: step.do() of Cloudflare Workflows in miniflare; the compatibility flag enhanced_error_serialization of workerd, which
#   is on from 2026-04-21.
# Behaviour: A method of a Durable Object and a step of a Workflow throw the same error, of a class of its own with a `code`. The
#   caller of the method catches name, message and code. The catch around step.do() gets an Error whose message begins with
#   the name, and no code, also where nothing is tried again.
# Output seen:
#   over RPC: name ServiceError, message "not there", code not-found
#   out of a step: name Error, message "ServiceError: not there", code undefined
# Why a good guess is wrong: A step is called over the same RPC, in the same process, under the same flag, and its function is
#   written inside run(), so that throw and catch stand a few lines apart in one file. A program that decides by `code` or `name`
#   works around a Durable Object, and takes the wrong branch around a step.
# Here: docs/workers-edges.md; examples/workers-queue/src/workflow-large.ts decides inside the step what is final.
set -euo pipefail
[ "$(uname -sm)" = "Linux x86_64" ] || { echo "needs Linux on x64"; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --ignore-scripts --no-audit --no-fund --silent --prefix . miniflare@4.20260426.0
cat > worker.mjs <<'JS'
import { DurableObject, WorkflowEntrypoint } from "cloudflare:workers";

class ServiceError extends Error {
  name = "ServiceError";
  code = "not-found";
}
const fail = async () => {
  throw new ServiceError("not there");
};
const caught = (promise) =>
  promise.catch(({ name, message, code }) => `name ${name}, message "${message}", code ${code}`);

export class Shelf extends DurableObject {
  fail() {
    return fail();
  }
}

export class Steps extends WorkflowEntrypoint {
  run(_event, step) {
    return caught(step.do("once", { retries: { limit: 0, delay: 1 } }, fail));
  }
}

export default {
  async fetch(_request, env) {
    const shelf = env.SHELF.get(env.SHELF.idFromName("one"));
    const lines = [`over RPC: ${await caught(shelf.fail())}`];
    const instance = await env.STEPS.create();
    for (;;) {
      const { status, output } = await instance.status();
      if (status === "complete" || status === "errored") {
        lines.push(`out of a step: ${output}`);
        return new Response(lines.join("\n"));
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  },
};
JS
cat > run.mjs <<'JS'
import { Miniflare } from "miniflare";

const miniflare = new Miniflare({
  modules: [{ type: "ESModule", path: "worker.mjs" }],
  compatibilityDate: "2026-04-26",
  durableObjects: { SHELF: "Shelf" },
  workflows: { STEPS: { name: "steps", className: "Steps" } },
});
console.log(await (await miniflare.dispatchFetch("http://worker/")).text());
await miniflare.dispose();
JS
node run.mjs | tee seen
cat > expected <<'TEXT'
over RPC: name ServiceError, message "not there", code not-found
out of a step: name Error, message "ServiceError: not there", code undefined
TEXT
if cmp -s seen expected; then echo "as described"; else echo "CHANGED"; exit 1; fi
