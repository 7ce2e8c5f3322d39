import type { Duplex } from "node:stream";
import { CosErrorResponse, errorDocument, incompleteBody } from "../errors.ts";
import { newRequestId, newTraceId } from "../request/request-id.ts";

/** Writes a COS error for bytes that node could not parse into a request. */
export function refuseUnparsable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const refusal = refusalOf(error.code);
  const requestId = newRequestId(Date.now());
  const body = errorDocument(refusal, { resource: "", requestId, traceId: newTraceId() });
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nContent-Type: application/xml\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `Date: ${new Date().toUTCString()}\r\nServer: tencent-cos\r\nx-cos-request-id: ${requestId}\r\n` +
      `Connection: close\r\n\r\n${body}`,
  );
}

function refusalOf(code: string | undefined): CosErrorResponse {
  // The parser reports a connection that ends inside a body this way.
  if (code === "HPE_INVALID_EOF_STATE") return incompleteBody();
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return new CosErrorResponse("RequestTimeout", "The head of the request was not received in time.");
  }
  return new CosErrorResponse("BadRequest", "The request could not be understood.");
}
