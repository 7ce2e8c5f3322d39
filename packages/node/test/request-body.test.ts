import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { requestBody } from "../src/request-body.ts";
import { createTransport } from "../src/transport.ts";

const headers = { a: "b" };

describe("requestBody()", () => {
  it("is the caller's memory when one write can carry it", () => {
    const bytes = new Uint8Array(10).subarray(2, 6);
    const { body, headers: sent } = requestBody(bytes, headers, 4);
    expect([(body as Buffer).buffer, (body as Buffer).byteOffset, (body as Buffer).length]).toEqual([
      bytes.buffer,
      2,
      4,
    ]);
    expect(sent).toBe(headers);
    expect(requestBody(undefined, headers)).toEqual({ body: null, headers });
  });

  it("is cut into views of it above that, with its length", async () => {
    const bytes = new Uint8Array([1, 2, 3, 4, 5]);
    const { body, headers: sent } = requestBody(bytes, headers, 4, 2);
    const pieces: Buffer[] = [];
    for await (const piece of body as Readable) {
      expect(piece.buffer).toBe(bytes.buffer);
      pieces.push(piece);
    }
    expect(pieces.map((piece) => [...piece])).toEqual([[1, 2], [3, 4], [5]]);
    expect(sent).toEqual({ a: "b", "content-length": "5" });
  });
});

it("a body that is sent in several writes arrives complete, with its length", async () => {
  const server = createServer((request, response) => {
    const hash = createHash("sha1");
    request.on("data", (chunk) => hash.update(chunk));
    request.on("end", () => response.end(`${request.headers["content-length"]} ${hash.digest("hex")}`));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const body = new Uint8Array(64 * 1024 ** 2 + 5).fill(7, 1000, 2000);
  const transport = createTransport();
  const { signal } = new AbortController();
  const url = `http://127.0.0.1:${port}/`;
  const response = await transport.send({
    method: "PUT",
    url,
    headers: {},
    body,
    signal,
    freshConnection: false,
    bufferResponse: true,
  });
  expect(await response.text()).toBe(`${body.length} ${createHash("sha1").update(body).digest("hex")}`);
  await transport.close();
  server.close();
}, 120_000);
