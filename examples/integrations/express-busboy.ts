// POST /files with a form (multipart/form-data) of any number of files.
import { finished } from "node:stream/promises";
import type { UploadResult } from "@cosup/node";
import busboy from "busboy";
import express from "express";
import { Bucket, cos, newKey } from "./cos-client.ts";
import { failureOf, TooLarge } from "./failure.ts";

export const MAX_FILE_BYTES = 64 * 1024 ** 2;
export const app = express();

app.post("/files", async (request, response) => {
  const controller = new AbortController();
  const uploads: Promise<UploadResult>[] = [];
  try {
    const form = busboy({ headers: request.headers, limits: { fileSize: MAX_FILE_BYTES, files: 10 } });
    form.on("file", (_field, Body, { filename, mimeType }) => {
      // Past the limit busboy ends the stream as if the file were complete, so the upload has to be aborted here.
      Body.once("limit", () =>
        controller.abort(new TooLarge(`a file has more than ${MAX_FILE_BYTES} bytes`)),
      );
      const Key = newKey(filename);
      const upload = cos.uploadFile({ Bucket, Key, Body, ContentType: mimeType, signal: controller.signal });
      upload.catch((error) => form.destroy(error));
      uploads.push(upload);
    });
    request.once("error", (error) => form.destroy(error)); // the client has gone away
    await finished(request.pipe(form));
    const results = await Promise.all(uploads);
    response.status(201).json(results.map(({ Key, crc64, size }) => ({ Key, crc64, size })));
  } catch (error) {
    controller.abort(error);
    await Promise.allSettled(uploads);
    request.unpipe().resume(); // so that the client reads the response
    const { status, body } = failureOf(error);
    response.status(status).json(body);
  }
});
