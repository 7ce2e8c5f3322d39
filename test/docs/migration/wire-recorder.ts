import { createHash } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it came, with the path as it was written. */
export interface Recorded {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

export interface Recorder {
  readonly origin: string;
  readonly requests: readonly Recorded[];
  close(): void;
}

/**
 * A server that says yes to every upload, and remembers the requests. It shares nothing with the emulator, which would judge them.
 * @param completes whether Complete gets a document; else an empty 200
 */
export async function startRecorder(completes: boolean): Promise<Recorder> {
  const requests: Recorded[] = [];
  const server = createServer(async (request, response) => {
    const digest = createHash("md5");
    for await (const chunk of request) digest.update(chunk as Buffer);
    const { method = "", url = "", headers } = request;
    requests.push({ method, url, headers });
    respond(response, method, new URL(url, "http://any").searchParams, digest.digest("hex"), completes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function respond(
  response: ServerResponse,
  method: string,
  query: URLSearchParams,
  md5: string,
  completes: boolean,
): void {
  response.setHeader("x-cos-request-id", "request");
  if (method === "HEAD") response.writeHead(404).end();
  else if (query.has("uploads")) {
    response.end(
      method === "POST"
        ? "<InitiateMultipartUploadResult><UploadId>upload</UploadId></InitiateMultipartUploadResult>"
        : "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>",
    );
  } else if (method === "POST") {
    const document = '<CompleteMultipartUploadResult><ETag>"whole-2"</ETag></CompleteMultipartUploadResult>';
    response.end(completes ? document : "");
  } else response.setHeader("ETag", `"${md5}"`).end();
}
