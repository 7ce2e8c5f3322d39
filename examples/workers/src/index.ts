import { COPY, copyStatus, startCopy } from "./copy-from-r2.ts";
import type { Env } from "./env.ts";
import { errorResponse, HttpError } from "./http-error.ts";
import { authenticate } from "./requests.ts";
import { complete, sign } from "./sign.ts";
import { RECEIPT, receipt, UPLOAD, upload } from "./upload.ts";

export { Move } from "./move.ts";

// biome-ignore lint/style/noDefaultExport: a Worker is the default export of its module
export default {
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    try {
      await authenticate(request, env);
      return await route(request, env, context);
    } catch (error) {
      return errorResponse(error);
    }
  },
};

function route(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
  const { pathname } = new URL(request.url);
  const call = `${request.method} ${pathname}`;
  if (call.startsWith(`PUT ${UPLOAD}`)) return upload(request, env, context);
  if (call.startsWith(`GET ${RECEIPT}`)) return receipt(request, env);
  if (call === `POST ${COPY}`) return startCopy(request, env);
  if (call.startsWith(`GET ${COPY}/`)) return copyStatus(request, env);
  if (call === "POST /sign") return sign(request, env);
  if (call === "POST /complete") return complete(request, env);
  throw new HttpError(404, "not-found", `there is no ${call}`);
}
