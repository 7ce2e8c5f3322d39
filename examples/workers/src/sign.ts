import { cosOf, type Env, required } from "./env.ts";
import { HttpError } from "./http-error.ts";
import { jsonBody, sizeMember, textMember } from "./requests.ts";

const MiB = 1024 * 1024;
const PREFERRED_PART = 8 * MiB;
/** Each URL needs a signature; 1000 signatures take about 50 ms of CPU. */
const MAX_PARTS = 1000;
const LARGEST = MAX_PARTS * 5 * 1024 * MiB;
const EXPIRES_S = 3600;

/**
 * `POST /sign` {key, size, contentType?}: starts an upload and returns a presigned URL for each part. The browser then
 * sends the bytes directly to COS: it PUTs each slice to its URL, then calls POST /complete.
 */
export async function sign(request: Request, env: Env): Promise<Response> {
  const body = await jsonBody(request);
  const object = { Bucket: required(env, "COS_BUCKET"), Key: textMember(body, "key") };
  const size = sizeMember(body, "size", LARGEST);
  const cos = cosOf(env);
  const ContentType = typeof body.contentType === "string" ? body.contentType : undefined;
  const { UploadId } = await cos.createMultipartUpload({ ...object, ContentType });
  const partSize = Math.max(PREFERRED_PART, Math.ceil(size / MAX_PARTS / MiB) * MiB);
  const count = Math.ceil(size / partSize);
  const urls = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      cos.getPresignedUrl({
        ...object,
        Method: "PUT",
        Expired: EXPIRES_S,
        Params: { partNumber: String(index + 1), uploadId: UploadId },
      }),
    ),
  );
  return Response.json({ key: object.Key, uploadId: UploadId, partSize, urls, expiresInSeconds: EXPIRES_S });
}

/**
 * `POST /complete` {key, uploadId, size}: completes the upload. The parts are listed from COS, so the browser does not
 * need to read ETags.
 */
export async function complete(request: Request, env: Env): Promise<Response> {
  const body = await jsonBody(request);
  const upload = {
    Bucket: required(env, "COS_BUCKET"),
    Key: textMember(body, "key"),
    UploadId: textMember(body, "uploadId"),
  };
  const size = sizeMember(body, "size", LARGEST);
  const cos = cosOf(env);
  const Part: { PartNumber: number; ETag: string }[] = [];
  let held = 0;
  for await (const part of cos.eachPart(upload)) {
    Part.push({ PartNumber: part.PartNumber, ETag: part.ETag });
    held += part.Size;
  }
  const whole = Part.every(({ PartNumber }, index) => PartNumber === index + 1) && held === size;
  if (!whole) {
    throw new HttpError(409, "incomplete", `COS holds ${held} of ${size} bytes in ${Part.length} parts`);
  }
  const { ETag, crc64 } = await cos.completeMultipartUpload({ ...upload, MultipartUpload: { Part } });
  return Response.json({ key: upload.Key, etag: ETag, crc64, size }, { status: 201 });
}
