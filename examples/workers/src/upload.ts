import { cosOf, type Env, maxBodyBytes, required } from "./env.ts";
import { HttpError } from "./http-error.ts";
import { keyFrom } from "./requests.ts";

export const UPLOAD = "/upload/";
export const RECEIPT = "/receipt/";

/** `PUT /upload/<key>`: streams the body of the request to COS, in parts if it is large. */
export async function upload(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
  const Key = keyFrom(request, UPLOAD);
  const largest = maxBodyBytes(env);
  if (Number(request.headers.get("content-length") ?? 0) > largest) {
    throw new HttpError(
      413,
      "too-large",
      `the body must be at most ${largest} bytes; use POST /sign for more`,
    );
  }
  const cos = cosOf(env, env.RECEIPTS === undefined ? 0 : 1);
  const uploading = cos.uploadFile({
    Bucket: required(env, "COS_BUCKET"),
    Key,
    Body: request,
    ContentType: request.headers.get("content-type") ?? undefined,
  });
  // If the caller disconnects, the request ends; waitUntil leaves time to abort the upload in COS.
  context.waitUntil(uploading.catch(() => {}));
  const { ETag, crc64, size, partsSent } = await uploading;
  const receipt = { key: Key, etag: ETag, crc64, size, parts: partsSent };
  await env.RECEIPTS?.put(Key, JSON.stringify(receipt));
  return Response.json(receipt, { status: 201 });
}

/** `GET /receipt/<key>`: the response to an earlier upload by this Worker. */
export async function receipt(request: Request, env: Env): Promise<Response> {
  const key = keyFrom(request, RECEIPT);
  const text = await required(env, "RECEIPTS").get(key);
  if (text === null) throw new HttpError(404, "not-found", `there is no receipt for ${key}`);
  return new Response(text, { headers: { "content-type": "application/json" } });
}
