import type { Socket } from "node:net";
import type { WireRequest } from "@cosup/core/runtime";
import { blocksOf, bodyInBlocks, slicesOf, WRITE_BYTES } from "./body-in-blocks.ts";
import { Http2Body } from "./http2-body.ts";
import { pacedBody, pacedPieces, type RequestBody, requestBody } from "./request-body.ts";

const NONE = new Uint8Array(0);

/**
 * The body of a request, as our connections send it.
 * @param socket the connection's socket, once there is one
 */
export function ownBody(request: WireRequest, socket: () => Socket | null | undefined): RequestBody {
  const { url, headers, body, blocks, paceBlock } = request;
  if (blocks !== undefined) return bodyInBlocks(request, blocks, socket);
  if (body !== undefined && paceBlock !== undefined) return pacedBody(request, body);
  return url.startsWith("https:") && body !== undefined && body.length > WRITE_BYTES
    ? bodyInBlocks(request, slicesOf(body), socket)
    : requestBody(body, headers);
}

/**
 * The body of a request, as a caller's dispatcher sends it.
 * @param speaksHttp1 whether it is known by now to speak HTTP/1.1; otherwise it may speak HTTP/2
 */
export function callersBody(request: WireRequest, speaksHttp1: () => boolean): RequestBody {
  const { headers, body, blocks, paceBlock } = request;
  const whole = body ?? NONE;
  const length = blocks?.length ?? whole.length;
  if (length === 0) return requestBody(body, headers);
  if (speaksHttp1()) {
    if (blocks !== undefined) return bodyInBlocks(request, blocks, () => undefined);
    return paceBlock === undefined ? requestBody(body, headers) : pacedBody(request, whole);
  }
  const pieces = blocks
    ? blocksOf(blocks, () => undefined)
    : paceBlock === undefined
      ? [Buffer.from(whole.buffer, whole.byteOffset, whole.byteLength)]
      : pacedPieces(request, whole);
  return {
    body: new Http2Body(pieces, speaksHttp1),
    headers: { ...headers, "content-length": String(length) },
  };
}
