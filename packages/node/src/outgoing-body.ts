import type { Socket } from "node:net";
import type { WireRequest } from "@cosup/core/runtime";
import { bodyInBlocks, slicesOf, WRITE_BYTES } from "./body-in-blocks.ts";
import { bodyForHttp2, HTTP2_PIECE, pacedBody, type RequestBody, requestBody } from "./request-body.ts";

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
 * @param speaksHttp1 it is known to; otherwise it may speak HTTP/2
 */
export function callersBody(request: WireRequest, speaksHttp1: boolean): RequestBody {
  const { headers, body, blocks, paceBlock } = request;
  if (blocks !== undefined) return bodyInBlocks(request, blocks, () => undefined);
  if (body !== undefined && paceBlock !== undefined) {
    return pacedBody(request, body, speaksHttp1 ? undefined : HTTP2_PIECE);
  }
  return speaksHttp1 ? requestBody(body, headers) : bodyForHttp2(body, headers);
}
