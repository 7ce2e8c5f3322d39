import { once } from "node:events";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { Agent } from "undici";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createTransport, type Transport } from "../src/transport.ts";
import { transportFailure } from "../src/transport-error.ts";
import { caught } from "./caught.ts";
import { startChild, useChildren } from "./child-process.ts";
import { bodyOf, wireRequest, wireServer } from "./wire-server.ts";

useChildren();

const transports: Transport[] = [];

function transport(...options: Parameters<typeof createTransport>): Transport {
  const created = createTransport(...options);
  transports.push(created);
  return created;
}

afterEach(async () => {
  await Promise.all(transports.splice(0).map((created) => created.close()));
});

/** Resolves when the server's side of a connection is closed, in whichever way. */
function closeOf(socket: Socket | undefined): Promise<void> {
  return new Promise((resolve) =>
    socket
      ?.on("error", () => {})
      .resume()
      .once("close", () => resolve()),
  );
}

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
    const answer = await transport().send(wireRequest(url, { method: "PUT", body: view }));
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(new Uint8Array(12).fill(9));
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
    const answer = await transport().send(wireRequest(url, { method: "PUT", body: new Uint8Array(0) }));
    expect(await answer.text()).toBe("0");
  });

  it("refuses a body that contradicts the Content-Length of the headers", async () => {
    const { url } = await wireServer((_request, response) => response.end());
    const headers = { "content-length": "5" };
    const error = await caught(
      transport().send(wireRequest(url, { method: "PUT", headers, body: new Uint8Array(4) })),
    );
    expect(error).toMatchObject({ code: "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH" });
  });

  it("puts the path on the wire in the very characters that were signed", async () => {
    const { url } = await wireServer((request, response) => response.end(request.url));
    const path = "/a/.%2Fb/%2e%2e/%E4%BD%A0'()?partNumber=1&uploadId=x%2B'y";
    const answer = await transport().send(wireRequest(`${url}${path}`));
    expect(await answer.text()).toBe(path);
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

describe("what is answered", () => {
  it.each([204, 301, 307, 400, 403, 404, 429, 500, 503])("resolves with status %i", async (status) => {
    let requests = 0;
    const { url } = await wireServer((_request, response) => {
      requests += 1;
      response.writeHead(status, { location: "/elsewhere" }).end();
    });
    const answer = await transport().send(wireRequest(url));
    expect(answer.status).toBe(status);
    expect(await answer.text()).toBe("");
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
      const answer = await sender.send(wireRequest(url, { method: "HEAD" }));
      expect(answer.body).toBeNull();
      expect(answer.headers.get("content-length")).toBe("1234");
    }
    // undici looks an idle connection over first, and may meanwhile open one more.
    expect(sockets.length).toBeLessThanOrEqual(2);
  });

  it("keeps few connections for answers whose small bodies nobody reads", async () => {
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
    const answer = await transport().send(wireRequest(url));
    const closed = closeOf(sockets[0]);
    await answer.body?.cancel();
    await closed;
  });
});

describe("how it fails", () => {
  it("refused: connect", async () => {
    const { url, server } = await wireServer(() => {});
    await new Promise((resolve) => server.close(resolve));
    expect(transportFailure(await caught(transport().send(wireRequest(url))))).toBe("connect");
  });

  it("reset before the answer: reset", async () => {
    const { url } = await wireServer((request) => request.socket.resetAndDestroy());
    expect(transportFailure(await caught(transport().send(wireRequest(url))))).toBe("reset");
  });

  it("closed before the answer: reset", async () => {
    const { url } = await wireServer((request) => request.socket.end());
    expect(transportFailure(await caught(transport().send(wireRequest(url))))).toBe("reset");
  });

  it("reset within the request's body: reset", async () => {
    const { url } = await wireServer((request) => {
      request.once("data", () => request.socket.resetAndDestroy());
    });
    const body = new Uint8Array(20_000_000);
    const error = await caught(transport().send(wireRequest(url, { method: "PUT", body })));
    expect(transportFailure(error)).toBe("reset");
  });

  it("an answer cut short: its body rejects as reset", async () => {
    const { url } = await wireServer((_request, response) => {
      response.writeHead(200, { "content-length": "100" }).write("half");
      setImmediate(() => response.socket?.destroy());
    });
    const answer = await transport().send(wireRequest(url));
    expect(transportFailure(await caught(answer.text()))).toBe("reset");
  });

  it("an answer cut short that nobody reads harms nobody", async () => {
    const { url } = await wireServer((_request, response) => {
      response.writeHead(200, { "content-length": "100" }).write("half");
      setImmediate(() => response.socket?.resetAndDestroy());
    });
    const sender = transport();
    await sender.send(wireRequest(url));
    await sender.send(wireRequest(url));
  });

  it("rejects what is under way when it is closed", async () => {
    const { url, sockets } = await wireServer(() => {});
    const sender = transport();
    const sent = caught(sender.send(wireRequest(url)));
    await expect.poll(() => sockets.length).toBe(1);
    await sender.close();
    expect(await sent).toBeInstanceOf(Error);
    expect(await caught(sender.send(wireRequest(url)))).toBeInstanceOf(Error);
  });
});

describe("abort", () => {
  it("rejects with the reason and destroys the socket while the answer is awaited", async () => {
    const { url, server, sockets } = await wireServer(() => {});
    const controller = new AbortController();
    const sent = caught(transport().send(wireRequest(url, { signal: controller.signal })));
    await once(server, "request");
    const closed = closeOf(sockets[0]);
    const reason = new Error("enough");
    controller.abort(reason);
    expect(await sent).toBe(reason);
    await closed;
  });

  it("destroys the socket in the middle of the request's body", async () => {
    const { url, server, sockets } = await wireServer((request) => request.pause());
    const controller = new AbortController();
    const body = new Uint8Array(50_000_000);
    const sent = caught(
      transport().send(wireRequest(url, { method: "PUT", body, signal: controller.signal })),
    );
    const [request] = await once(server, "request");
    const closed = closeOf(sockets[0]);
    controller.abort();
    expect(await sent).toBe(controller.signal.reason);
    request.on("error", () => {}).resume();
    await closed;
  });

  it("rejects the reading of a body with the reason", async () => {
    const { url } = await wireServer((_request, response) => {
      response.writeHead(200, { "content-length": "100" }).write("half");
    });
    const controller = new AbortController();
    const answer = await transport().send(wireRequest(url, { signal: controller.signal }));
    const reading = caught(answer.text());
    const reason = new Error("enough");
    controller.abort(reason);
    expect(await reading).toBe(reason);
  });

  it("does not even begin when the signal was aborted before", async () => {
    const dispatcher = new Agent();
    const request = vi.spyOn(dispatcher, "request");
    const signal = AbortSignal.abort(new Error("never"));
    const sent = transport({ dispatcher }).send(wireRequest("http://127.0.0.1:9/", { signal }));
    expect(await caught(sent)).toBe(signal.reason);
    expect(request).not.toHaveBeenCalled();
    await dispatcher.destroy();
  });

  it("gives up a connection that is still being established", async () => {
    // A TLS handshake that is never answered: connected, but not yet a connection to undici.
    const accepted: Socket[] = [];
    const server = createTcpServer((socket) => accepted.push(socket.on("error", () => {})));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const controller = new AbortController();
    const { signal } = controller;
    const sent = caught(transport().send(wireRequest(`https://127.0.0.1:${port}/`, { signal })));
    await expect.poll(() => accepted.length).toBe(1);
    const closed = closeOf(accepted[0]);
    controller.abort();
    expect(await sent).toBe(signal.reason);
    await closed;
    await new Promise((resolve) => server.close(resolve));
  });

  it("leaves no listener on the signal after the answer was read", async () => {
    const { url } = await wireServer((_request, response) => response.end("ok"));
    const counted = countingSignal();
    const sender = transport();
    for (const method of ["GET", "HEAD"]) {
      await (await sender.send(wireRequest(url, { method, signal: counted.signal }))).text();
    }
    await expect.poll(() => counted.listeners()).toBe(0);
  });
});

function countingSignal(): { signal: AbortSignal; listeners: () => number } {
  const { signal } = new AbortController();
  const added = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...parameters: Parameters<typeof add>) => {
    added.add(parameters[1]);
    add(...parameters);
  };
  signal.removeEventListener = (...parameters: Parameters<typeof remove>) => {
    added.delete(parameters[1]);
    remove(...parameters);
  };
  return { signal, listeners: () => added.size };
}

describe("connections", () => {
  it("are kept and used again", async () => {
    const { url, sockets } = await wireServer((_request, response) => response.end("ok"));
    const sender = transport();
    for (let round = 0; round < 20; round++) {
      await (await sender.send(wireRequest(url))).text();
    }
    expect(sockets.length).toBeLessThanOrEqual(2);
  });

  it("are new for each fresh request, which asks to close them", async () => {
    const { url, sockets } = await wireServer((request, response) =>
      response.end(request.headers.connection),
    );
    const sender = transport();
    await (await sender.send(wireRequest(url))).text();
    for (let round = 0; round < 3; round++) {
      const answer = await sender.send(wireRequest(url, { freshConnection: true }));
      expect(await answer.text()).toBe("close");
    }
    expect(sockets.length).toBe(4);
  });

  it("are opened side by side, one request on each", async () => {
    const waiting: (() => void)[] = [];
    const { url, sockets } = await wireServer((_request, response) => {
      waiting.push(() => response.end());
      if (waiting.length === 20) {
        for (const answer of waiting) {
          answer();
        }
      }
    });
    const sender = transport();
    const answers = await Promise.all(Array.from({ length: 20 }, () => sender.send(wireRequest(url))));
    expect(answers.length).toBe(20);
    expect(sockets.length).toBe(20);
  });

  it("go through the caller's dispatcher, which close leaves open", async () => {
    const { url } = await wireServer((_request, response) => response.end("ok"));
    let connects = 0;
    const dispatcher = new Agent().on("connect", () => {
      connects += 1;
    });
    const sender = transport({ dispatcher });
    await (await sender.send(wireRequest(url))).text();
    await sender.close();
    expect(connects).toBe(1);
    expect(dispatcher.destroyed).toBe(false);
    await dispatcher.destroy();
  });

  it("ignore the proxy variables of the environment", async () => {
    const { url } = await wireServer((_request, response) => response.end("direct"));
    process.env.HTTP_PROXY = "http://127.0.0.1:9";
    try {
      expect(await (await transport().send(wireRequest(url))).text()).toBe("direct");
    } finally {
      delete process.env.HTTP_PROXY;
    }
  });

  it("that idle do not keep a finished process alive", async () => {
    // The server says 60 s, and undici would keep the connection for as long.
    const { url, server } = await wireServer((_request, response) => response.end("ok"));
    server.keepAliveTimeout = 60_000;
    const child = startChild("send-once", url);
    expect(await child.line()).toBe("ok");
    expect(await child.exited).toBe(0);
  });
});
