import { once } from "node:events";
import { Agent } from "undici";
import { describe, expect, it, vi } from "vitest";
import { transportFailure } from "../src/transport-error.ts";
import { caught } from "./caught.ts";
import { closeOf, silentHandshake, transport } from "./transport-rig.ts";
import { wireRequest, wireServer } from "./wire-server.ts";

const bufferResponse = true;

describe("a response that is collected", () => {
  it("is UTF-8 without a byte order mark, also when a character comes in two pieces", async () => {
    const { url } = await wireServer((_request, response) => {
      const bytes = Buffer.from("\uFEFFgrüße");
      response.write(bytes.subarray(0, 6));
      setTimeout(() => response.end(bytes.subarray(6)), 20);
    });
    const response = await transport().send(wireRequest(url, { bufferResponse }));
    expect(await response.text()).toBe("grüße");
    expect(Buffer.from(await response.arrayBuffer()).toString()).toBe("\uFEFFgrüße");
    expect(await new Response(response.body).text()).toBe("grüße");
  });

  it("is the last one: informational responses are ignored", async () => {
    const { url } = await wireServer((_request, response) => {
      response.writeEarlyHints({ link: "</a>; rel=preload" });
      response.writeHead(207, { "x-which": "last" }).end("done");
    });
    const response = await transport().send(wireRequest(url, { bufferResponse }));
    expect([response.status, response.headers.get("X-Which"), await response.text()]).toEqual([
      207,
      "last",
      "done",
    ]);
  });

  it.each(["HEAD", "DELETE"])("to %s has no body", async (method) => {
    const { url } = await wireServer((_request, response) => response.writeHead(204).end());
    const response = await transport().send(wireRequest(url, { bufferResponse, method }));
    expect([response.body, await response.text(), (await response.arrayBuffer()).byteLength]).toEqual([
      null,
      "",
      0,
    ]);
  });

  it("is none when it is cut short: a reset, not half of it", async () => {
    const { url } = await wireServer((_request, response) => {
      response.writeHead(200, { "content-length": "100" }).write("half", () => response.destroy());
    });
    const error = await caught(transport().send(wireRequest(url, { bufferResponse })));
    expect(transportFailure(error)).toBe("reset");
  });
});

/** Both ways to end a request: core's own, and the signal of a caller that uses the runtime without core. */
const WAYS = {
  onAbort: () => {
    const listeners: ((reason: unknown) => void)[] = [];
    const { signal } = new AbortController();
    const onAbort = (listener: (reason: unknown) => void): void => void listeners.push(listener);
    return {
      parts: { signal, onAbort },
      abort: (reason: unknown) => listeners.map((listener) => listener(reason)),
    };
  },
  signal: () => {
    const controller = new AbortController();
    return {
      parts: { signal: controller.signal },
      abort: (reason: unknown) => controller.abort(reason),
    };
  },
};

describe.each(["onAbort", "signal"] as const)("an abort by %s", (way) => {
  const reason = new Error("enough");

  it("rejects with the reason and destroys the socket while the response is awaited", async () => {
    const { url, server, sockets } = await wireServer(() => {});
    const { parts, abort } = WAYS[way]();
    const sent = caught(transport().send(wireRequest(url, { bufferResponse, ...parts })));
    await once(server, "request");
    const closed = closeOf(sockets[0]);
    abort(reason);
    expect(await sent).toBe(reason);
    await closed;
  });

  it("ends a response that has begun", async () => {
    const { url, sockets } = await wireServer((_request, response) => {
      response.writeHead(200, { "content-length": "100" }).write("half");
    });
    const { parts, abort } = WAYS[way]();
    const sent = caught(transport().send(wireRequest(url, { bufferResponse, ...parts })));
    await expect.poll(() => sockets.length).toBe(1);
    const closed = closeOf(sockets[0]);
    abort(reason);
    expect(await sent).toBe(reason);
    await closed;
  });

  it("gives up a connection that is still being established", async () => {
    const { url, accepted, server } = await silentHandshake();
    const { parts, abort } = WAYS[way]();
    const sent = caught(transport().send(wireRequest(url, { bufferResponse, ...parts })));
    await expect.poll(() => accepted.length).toBe(1);
    const closed = closeOf(accepted[0]);
    abort(reason);
    expect(await sent).toBe(reason);
    await closed;
    await new Promise((resolve) => server.close(resolve));
  });

  it("while it waits for a connection keeps it from being sent at all", async () => {
    const paths: (string | undefined)[] = [];
    const held: (() => void)[] = [];
    const { url } = await wireServer((request, response) => {
      paths.push(request.url);
      held.push(() => response.end());
    });
    const dispatcher = new Agent({ connections: 1 });
    const sender = transport({ dispatcher });
    const first = sender.send(wireRequest(`${url}/first`, { bufferResponse }));
    await expect.poll(() => paths.length).toBe(1);
    const { parts, abort } = WAYS[way]();
    const second = caught(sender.send(wireRequest(`${url}/second`, { bufferResponse, ...parts })));
    abort(reason);
    expect(await second).toBe(reason);
    held[0]?.();
    await first;
    const third = sender.send(wireRequest(`${url}/third`, { bufferResponse }));
    await expect.poll(() => paths).toEqual(["/first", "/third"]);
    held[1]?.();
    await third;
    await dispatcher.destroy();
  });
});

describe("a signal", () => {
  it("that was aborted before lets nothing begin", async () => {
    const dispatcher = new Agent();
    const dispatch = vi.spyOn(dispatcher, "dispatch");
    const signal = AbortSignal.abort(new Error("never"));
    const sent = transport({ dispatcher }).send(
      wireRequest("http://127.0.0.1:9/", { bufferResponse, signal }),
    );
    expect(await caught(sent)).toBe(signal.reason);
    expect(dispatch).not.toHaveBeenCalled();
    await dispatcher.destroy();
  });

  it.each([
    ["a response", 200],
    ["a failure", 0],
  ])("has no listener left after %s", async (_what, status) => {
    const { url } = await wireServer((_request, response) => {
      if (status === 0) response.destroy();
      else response.writeHead(status).end();
    });
    const { signal } = new AbortController();
    const removed = vi.spyOn(signal, "removeEventListener");
    const added = vi.spyOn(signal, "addEventListener");
    await transport()
      .send(wireRequest(url, { bufferResponse, signal }))
      .catch(() => {});
    expect([added.mock.calls.length, removed.mock.calls.length]).toEqual([1, 1]);
    expect(removed.mock.calls[0]?.[1]).toBe(added.mock.calls[0]?.[1]);
  });
});
