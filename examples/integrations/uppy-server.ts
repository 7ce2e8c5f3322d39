// Signs the requests that Uppy sends to COS: no byte of a file passes through this server, no key reaches the page.
import { Hono } from "hono";
import { Bucket, cos, newKey } from "./cos-client.ts";
import { failureOf } from "./failure.ts";

/** What @uppy/aws-s3 asks to be signed. */
interface Asked {
  readonly method: "PUT" | "POST" | "GET" | "DELETE";
  readonly key: string;
  readonly uploadId?: string;
  readonly partNumber?: number;
}

export const app = new Hono();

app.post("/sign", async (c) => {
  // Check here who the client is, and whether it may upload.
  const { method, key, uploadId, partNumber }: Asked = await c.req.json();
  const begins = uploadId === undefined && (method === "PUT" || method === "POST");
  // The server chooses the key of a new object; later requests may only name such a key.
  const Key = begins ? newKey(key) : key;
  if (!/^uploads\/[0-9a-f-]{36}(\.\w+)?$/.test(Key)) return c.json({ code: "forbidden" }, 403);
  if (!begins && uploadId === undefined) return c.json({ code: "forbidden" }, 403);
  const Params: Record<string, string> = {};
  if (uploadId !== undefined) Params.uploadId = uploadId;
  else if (method === "POST") Params.uploads = "";
  if (partNumber !== undefined) Params.partNumber = String(partNumber);
  const url = await cos.getPresignedUrl({ Bucket, Key, Method: method, Params, Expired: 900 });
  return c.json({ url, key: Key });
});

app.onError((error, c) => {
  const { status, body } = failureOf(error);
  return c.json(body, status);
});
