import { describe, expect, it } from "vitest";
import { caught } from "./caught.ts";
import { closeOf, transport } from "./transport-rig.ts";
import { bodyOf, wireRequest, wireServer } from "./wire-server.ts";

describe("what is sent", () => {
  it("sends a view's bytes, and not the buffer around it, with an exact Content-Length", async () => {
    const seen: { length: string | undefined; chunked: string | undefined; body: Buffer }[] = [];
    const { url } = await wireServer(async (request, response) => {
      const { "content-length": length, "transfer-encoding": chunked } = request.headers;
      seen.push({ length, chunked, body: await bodyOf(request) });
      response.end();
    });
    const arena = new Uint8Array(3_000_000).map((_, index) => index * 7);
    const view = arena.subarray(1_000_001, 2_000_003);
    await transport().send(wireRequest(url, { method: "PUT", body: view }));
    expect(seen[0]?.length).toBe(String(view.byteLength));
    expect(seen[0]?.chunked).toBeUndefined();
    expect(seen[0]?.body.equals(view)).toBe(true);
  });

  it("sends a view of WASM memory", async () => {
    const { url } = await wireServer(async (request, response) => {
      response.end(await bodyOf(request));
    });
    const memory = new WebAssembly.Memory({ initial: 2 });
    const view = new Uint8Array(memory.buffer, 65_530, 12).fill(9);
    const response = await transport().send(wireRequest(url, { method: "PUT", body: view }));
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array(12).fill(9));
  });

  it("sends the same body on a second attempt", async () => {
    const bodies: string[] = [];
    const { url } = await wireServer(async (request, response) => {
      bodies.push(String(await bodyOf(request)));
      response.statusCode = bodies.length === 1 ? 503 : 200;
      response.end();
    });
    const body = new TextEncoder().encode("the same bytes");
    const sender = transport();
    expect((await sender.send(wireRequest(url, { method: "PUT", body }))).status).toBe(503);
    expect((await sender.send(wireRequest(url, { method: "PUT", body }))).status).toBe(200);
    expect(bodies).toEqual(["the same bytes", "the same bytes"]);
  });

  it("sends Content-Length 0 for an empty body", async () => {
    const { url } = await wireServer((request, response) => {
      response.end(request.headers["content-length"] ?? "none");
    });
    const response = await transport().send(wireRequest(url, { method: "PUT", body: new Uint8Array(0) }));
    expect(await response.text()).toBe("0");
  });

  it("refuses a body that contradicts the Content-Length of the headers", async () => {
    const { url } = await wireServer((_request, response) => response.end());
    const headers = { "content-length": "5" };
    const error = await caught(
      transport().send(wireRequest(url, { method: "PUT", headers, body: new Uint8Array(4) })),
    );
    expect(error).toMatchObject({ code: "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH" });
  });

  it("sends the path exactly as it was signed", async () => {
    const { url } = await wireServer((request, response) => response.end(request.url));
    const path = "/a/.%2Fb/%2e%2e/%E4%BD%A0'()?partNumber=1&uploadId=x%2B'y";
    const response = await transport().send(wireRequest(`${url}${path}`));
    expect(await response.text()).toBe(path);
  });

  it("sends the Host header it is given", async () => {
    const { url } = await wireServer((request, response) => response.end(request.headers.host));
    const headers = { host: "bucket-1250000000.cos.ap-guangzhou.myqcloud.com" };
    expect(await (await transport().send(wireRequest(url, { headers }))).text()).toBe(headers.host);
  });

  it("refuses a URL that is not http", async () => {
    expect(await caught(transport().send(wireRequest("ftp://127.0.0.1/x")))).toBeInstanceOf(TypeError);
  });
});

describe("what is sent back", () => {
  it.each([204, 301, 307, 400, 403, 404, 429, 500, 503])("resolves with status %i", async (status) => {
    let requests = 0;
    const { url } = await wireServer((_request, response) => {
      requests += 1;
      response.writeHead(status, { location: "/elsewhere" }).end();
    });
    const response = await transport().send(wireRequest(url));
    expect(response.status).toBe(status);
    expect(await response.text()).toBe("");
    expect(requests).toBe(1);
  });

  it("reads headers in any case, joins repeated ones, and lists all", async () => {
    const { url } = await wireServer((_request, response) => {
      response.setHeader("x-cos-hash-crc64ecma", "18446744073709551615");
      response.setHeader("x-twice", ["a", "b"]);
      response.end();
    });
    const { headers } = await transport().send(wireRequest(url));
    expect(headers.get("X-Cos-Hash-CRC64ECMA")).toBe("18446744073709551615");
    expect(headers.get("x-twice")).toBe("a, b");
    expect(headers.get("x-none")).toBeNull();
    const listed = new Map<string, string>();
    headers.forEach((value, name) => {
      listed.set(name, value);
    });
    expect(listed.get("x-twice")).toBe("a, b");
    expect(listed.get("x-cos-hash-crc64ecma")).toBe("18446744073709551615");
  });

  it("reads a body as text, as bytes and as a web stream", async () => {
    const { url } = await wireServer((_request, response) => response.end("grüße".repeat(50_000)));
    const sender = transport();
    const expected = "grüße".repeat(50_000);
    expect(await (await sender.send(wireRequest(url))).text()).toBe(expected);
    const bytes = await (await sender.send(wireRequest(url))).arrayBuffer();
    expect(new TextDecoder().decode(bytes)).toBe(expected);
    const { body } = await sender.send(wireRequest(url));
    expect(await new Response(body).text()).toBe(expected);
  });

  it("has no body after HEAD, and the connection serves the next request", async () => {
    const { url, sockets } = await wireServer((_request, response) => {
      response.setHeader("content-length", "1234");
      response.end();
    });
    const sender = transport();
    for (let round = 0; round < 20; round++) {
      const response = await sender.send(wireRequest(url, { method: "HEAD" }));
      expect(response.body).toBeNull();
      expect(response.headers.get("content-length")).toBe("1234");
    }
    // undici checks an idle connection first, and may open another one meanwhile.
    expect(sockets.length).toBeLessThanOrEqual(2);
  });

  it("keeps few connections for small response bodies that are not read", async () => {
    const { url, sockets } = await wireServer((_request, response) => {
      response.writeHead(404).end("<Error/>");
    });
    const sender = transport();
    for (let round = 0; round < 50; round++) {
      await sender.send(wireRequest(url));
    }
    expect(sockets.length).toBeLessThan(10);
  });

  it("closes the connection when a body is cancelled before its first read", async () => {
    const { url, sockets } = await wireServer((_request, response) => {
      response.write(new Uint8Array(1_000_000));
    });
    const response = await transport().send(wireRequest(url));
    const closed = closeOf(sockets[0]);
    await response.body?.cancel();
    await closed;
  });
});
