import { randomUUID } from "node:crypto";
import { extname } from "node:path";
import { createCos } from "@cosup/node";

/** One client for the whole process: its uploads share connections and part buffers. */
export const cos = createCos({
  Region: process.env.COS_REGION,
  SecretId: process.env.COS_SECRET_ID,
  SecretKey: process.env.COS_SECRET_KEY,
  Endpoint: process.env.COS_ENDPOINT, // for tests: http://127.0.0.1:9000/{Bucket}
});
export const Bucket = process.env.COS_BUCKET ?? "";

/** A key of its own for each upload, so that no client can replace an object. The extension says the Content-Type. */
export function newKey(name = ""): string {
  return `uploads/${randomUUID()}${extname(name).slice(0, 20)}`;
}
