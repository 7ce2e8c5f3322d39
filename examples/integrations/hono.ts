// PUT /files/photo.jpg with the file as the body. Runs on Node with @hono/node-server; in a Worker, use @cosup/workers.
import { Hono } from "hono";
import { Bucket, cos, newKey } from "./cos-client.ts";
import { failureOf } from "./failure.ts";

export const app = new Hono();

app.put("/files/:name", async (c) => {
  const { body, signal } = c.req.raw;
  const { Key, crc64, size } = await cos.uploadFile({
    Bucket,
    Key: newKey(c.req.param("name")),
    // Read as fast as it is sent: the server never holds the whole body.
    Body: body ?? new Uint8Array(0),
    ContentLength: c.req.header("content-length"),
    ContentType: c.req.header("content-type"),
    signal, // aborts when the client goes away: the parts that COS has are removed
  });
  return c.json({ Key, crc64, size }, 201);
});

app.onError((error, c) => {
  const { status, body } = failureOf(error);
  return c.json(body, status);
});
