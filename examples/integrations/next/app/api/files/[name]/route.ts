// app/api/files/[name]/route.ts: PUT /api/files/photo.jpg with the file as the body.
import { Bucket, cos, newKey } from "../../../../../cos-client.ts";
import { failureOf } from "../../../../../failure.ts";

export const runtime = "nodejs"; // the edge runtime has no files and no sockets: use @cosup/workers there

export async function PUT(
  request: Request,
  { params }: { params: Promise<{ name: string }> },
): Promise<Response> {
  try {
    const { name } = await params;
    const { Key, crc64, size } = await cos.uploadFile({
      Bucket,
      Key: newKey(name),
      Body: request.body ?? new Uint8Array(0),
      ContentLength: request.headers.get("content-length") ?? undefined,
      ContentType: request.headers.get("content-type") ?? undefined,
      signal: request.signal, // aborts when the client goes away: the parts that COS has are removed
    });
    return Response.json({ Key, crc64, size }, { status: 201 });
  } catch (error) {
    const { status, body } = failureOf(error);
    return Response.json(body, { status });
  }
}
