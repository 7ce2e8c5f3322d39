import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a server of files does. Everything may be changed between two requests. */
export interface ServedFile {
  bytes: Uint8Array;
  etag?: string | undefined;
  modified?: string | undefined;
  /** Content-Encoding that it says; the bytes are sent as they are. */
  encoding?: string | undefined;
  /** Responds with the whole file. */
  ignoresRange?: boolean;
  /** Responds without Content-Length. */
  hidesLength?: boolean;
  /** Statuses of the next responses; then it responds as it should. */
  failures?: number[];
  /** Bytes after which the next response breaks. */
  breakAfter?: number | undefined;
}

export interface FileServer {
  readonly url: string;
  readonly file: ServedFile;
  /** Method and `Range` of each request. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** A web server with one file, whose query is a signature. */
export async function serveFile(file: ServedFile): Promise<FileServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.headers.range ?? "whole"}`);
    respond(file, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/folder/file.bin?X-Amz-Signature=5ec2e7`,
    file,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function respond(file: ServedFile, request: IncomingMessage, response: ServerResponse): void {
  const failure = file.failures?.shift();
  if (failure !== undefined) {
    response.writeHead(failure).end("no");
    return;
  }
  const { bytes, etag, modified, encoding } = file;
  if (etag !== undefined) response.setHeader("etag", etag);
  if (modified !== undefined) response.setHeader("last-modified", modified);
  if (encoding !== undefined) response.setHeader("content-encoding", encoding);
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
  if (first === undefined || file.ignoresRange) {
    const length = { "content-length": String(bytes.length) };
    send(file, response.writeHead(200, file.hidesLength ? {} : length), bytes);
    return;
  }
  const [start, end] = [Number(first), Math.min(Number(last), bytes.length - 1)];
  if (start >= bytes.length) {
    response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
    return;
  }
  const range = bytes.subarray(start, end + 1);
  const headers = {
    "content-range": `bytes ${start}-${end}/${bytes.length}`,
    "content-length": range.length,
  };
  send(file, response.writeHead(206, headers), range);
}

function send(file: ServedFile, response: ServerResponse, bytes: Uint8Array): void {
  const { breakAfter } = file;
  if (breakAfter === undefined) {
    response.end(bytes);
    return;
  }
  file.breakAfter = undefined;
  response.write(bytes.subarray(0, breakAfter), () => response.destroy());
}
