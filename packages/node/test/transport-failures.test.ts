import { once } from "node:events";
import { Agent } from "undici";
import { describe, expect, it, vi } from "vitest";
import { transportFailure } from "../src/transport-error.ts";
import { caught } from "./caught.ts";
import { closeOf, silentHandshake, transport } from "./transport-rig.ts";
import { wireRequest, wireServer } from "./wire-server.ts";

describe("how it fails", () => {
  it("refused: connect", async () => {
    const { url, server } = await wireServer(() => {});
    await new Promise((resolve) => server.close(resolve));
    expect(transportFailure(await caught(transport().send(wireRequest(url))))).toBe("connect");
  });

  it("reset before the response: reset", async () => {
    const { url } = await wireServer((request) => request.socket.resetAndDestroy());
    expect(transportFailure(await caught(transport().send(wireRequest(url))))).toBe("reset");
  });

  it("closed before the response: reset", async () => {
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

  it("a response cut short: its body rejects as reset", async () => {
    const { url } = await wireServer((_request, response) => {
      response.writeHead(200, { "content-length": "100" }).write("half");
      setImmediate(() => response.socket?.destroy());
    });
    const response = await transport().send(wireRequest(url));
    expect(transportFailure(await caught(response.text()))).toBe("reset");
  });

  it("a truncated response that is not read causes no unhandled rejection", async () => {
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
  it("rejects with the reason and destroys the socket while the response is awaited", async () => {
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
    const response = await transport().send(wireRequest(url, { signal: controller.signal }));
    const reading = caught(response.text());
    const reason = new Error("enough");
    controller.abort(reason);
    expect(await reading).toBe(reason);
  });

  it("does not even begin when the signal was aborted before", async () => {
    const dispatcher = new Agent();
    const dispatch = vi.spyOn(dispatcher, "dispatch");
    const signal = AbortSignal.abort(new Error("never"));
    const sent = transport({ dispatcher }).send(wireRequest("http://127.0.0.1:9/", { signal }));
    expect(await caught(sent)).toBe(signal.reason);
    expect(dispatch).not.toHaveBeenCalled();
    await dispatcher.destroy();
  });

  it("gives up a connection that is still being established", async () => {
    const { url, accepted, server } = await silentHandshake();
    const controller = new AbortController();
    const { signal } = controller;
    const sent = caught(transport().send(wireRequest(url, { signal })));
    await expect.poll(() => accepted.length).toBe(1);
    const closed = closeOf(accepted[0]);
    controller.abort();
    expect(await sent).toBe(signal.reason);
    await closed;
    await new Promise((resolve) => server.close(resolve));
  });

  it("of the last request makes no further connection, while a body that is being read goes on", async () => {
    const { url: slow } = await wireServer((_request, response) => {
      response.writeHead(200, { "content-length": "8" }).write("half");
      setTimeout(() => response.end("half"), 300);
    });
    const { url, accepted, server } = await silentHandshake();
    const sender = transport();
    const reading = (await sender.send(wireRequest(slow))).text();
    const controller = new AbortController();
    const { signal } = controller;
    const sent = Array.from({ length: 3 }, () =>
      caught(sender.send(wireRequest(url, { signal, bufferResponse: true }))),
    );
    await expect.poll(() => accepted.length).toBe(3);
    const closed = accepted.map(closeOf);
    controller.abort();
    expect(await Promise.all(sent)).toEqual(Array(3).fill(signal.reason));
    await Promise.all(closed);
    expect(await reading).toBe("halfhalf");
    expect(accepted).toHaveLength(3);
    expect(await (await sender.send(wireRequest(slow))).text()).toBe("halfhalf");
    await new Promise((resolve) => server.close(resolve));
  });

  it("leaves no listener on the signal after the response was read", async () => {
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
