// A storage engine of multer: files of a form go to COS while they arrive.
import type { UploadResult } from "@cosup/node";
import express, { type ErrorRequestHandler, type Request } from "express";
import multer, { type StorageEngine } from "multer";
import { Bucket, cos, newKey } from "./cos-client.ts";
import { failureOf, TooLarge } from "./failure.ts";

type StoredFile = Pick<UploadResult, "Key" | "crc64" | "size">;
type Done = (error?: unknown, file?: Partial<Express.Multer.File>) => void;

export class CosStorage implements StorageEngine {
  _handleFile(request: Request, file: Express.Multer.File, done: Done): void {
    const controller = new AbortController();
    const abort = (error: Error) => controller.abort(error);
    request.once("error", abort); // the client has gone away
    // Past the limit the stream ends as if the file were complete.
    file.stream.once("limit", () => abort(new TooLarge("a file is too large")));
    const { stream: Body, mimetype: ContentType } = file;
    cos
      .uploadFile({ Bucket, Key: newKey(file.originalname), Body, ContentType, signal: controller.signal })
      .then(({ Key, crc64, size }) => done(null, { Key, crc64, size } as Partial<Express.Multer.File>), done)
      .finally(() => request.off("error", abort));
  }

  /** multer calls it for the files that it has when another file of the form fails. */
  _removeFile(_request: Request, file: Express.Multer.File, done: (error: Error | null) => void): void {
    const { Key } = file as unknown as StoredFile;
    if (Key === undefined) done(null);
    else cos.deleteObject({ Bucket, Key }).then(() => done(null), done);
  }
}

export const MAX_FILE_BYTES = 64 * 1024 ** 2;
const upload = multer({ storage: new CosStorage(), limits: { fileSize: MAX_FILE_BYTES, files: 10 } });
export const app = express();

app.post("/files", upload.array("file"), (request, response) => {
  const files = request.files as unknown as readonly StoredFile[];
  response.status(201).json(files.map(({ Key, crc64, size }) => ({ Key, crc64, size })));
});

const onError: ErrorRequestHandler = (error, _request, response, _next) => {
  const tooLarge = error instanceof multer.MulterError && error.code === "LIMIT_FILE_SIZE";
  const { status, body } = failureOf(tooLarge ? new TooLarge(error.message) : error);
  response.status(status).json(body);
};
app.use(onError);
