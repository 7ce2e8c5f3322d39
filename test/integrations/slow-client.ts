import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request } from "node:http";

/** A request whose body is sent piece by piece, as a browser on a slow line sends a file. */
export interface SlowRequest {
  /** Sends bytes of the file, at the speed of the server. */
  send(bytes: Uint8Array): Promise<void>;
  /** Ends the body. */
  end(): Promise<{ status: number; json: unknown }>;
  /** Breaks the connection, as a closed page does. */
  destroy(): void;
}

const BOUNDARY = "cosup-example-boundary";

/** PUT with the file as the body. */
export function put(url: string, size: number): SlowRequest {
  const headers = { "content-type": "application/x-test", "content-length": String(size) };
  return slow(request(url, { method: "PUT", headers }), "");
}

/** POST of a form with one file, in the field `file`. */
export async function postForm(url: string, name: string): Promise<SlowRequest> {
  const headers = { "content-type": `multipart/form-data; boundary=${BOUNDARY}` };
  const outgoing = request(url, { method: "POST", headers });
  const disposition = `content-disposition: form-data; name="file"; filename="${name}"`;
  outgoing.write(`--${BOUNDARY}\r\n${disposition}\r\ncontent-type: application/x-test\r\n\r\n`);
  return slow(outgoing, `\r\n--${BOUNDARY}--\r\n`);
}

function slow(outgoing: ClientRequest, tail: string): SlowRequest {
  const response = once(outgoing, "response") as Promise<[IncomingMessage]>;
  // A test that breaks the connection expects no response.
  response.catch(() => {});
  outgoing.on("error", () => {});
  return {
    async send(bytes) {
      for (let at = 0; at < bytes.length; at += 1024 ** 2)
        if (!outgoing.write(bytes.subarray(at, at + 1024 ** 2))) await once(outgoing, "drain");
    },
    async end() {
      outgoing.end(tail);
      const [incoming] = await response;
      let text = "";
      for await (const chunk of incoming.setEncoding("utf8")) text += chunk;
      return { status: incoming.statusCode ?? 0, json: JSON.parse(text) };
    },
    destroy: () => outgoing.destroy(),
  };
}
