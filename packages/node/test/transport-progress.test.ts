import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { WireRequest } from "@cosup/core/runtime";
import { Agent } from "undici";
import { afterEach, describe, expect, it } from "vitest";
import { transport } from "./transport-rig.ts";
import { wireRequest, wireServer } from "./wire-server.ts";

const MiB = 1024 * 1024;
const opened: { close(): void }[] = [];

afterEach(() => {
  for (const server of opened.splice(0)) server.close();
});

/** A server that reads only when the test calls for it, and responds once `length` bytes have arrived. */
async function lazyServer(length: number): Promise<{ url: string; socket: Promise<Socket> }> {
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    let received = 0;
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      received += chunk.length;
      if (received >= length) socket.end("HTTP/1.1 204 No Content\r\n\r\n");
    });
  });
  opened.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const socket = once(server, "connection").then(([accepted]) => accepted as Socket);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, socket };
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** A request that records the progress it is given. */
function recorded(url: string, rest: Partial<WireRequest>) {
  const events: string[] = [];
  let unsent: (() => number) | undefined;
  const started = deferred();
  const request = wireRequest(url, {
    bufferResponse: true,
    onQueue: () => events.push("queued"),
    onStart: (count) => {
      events.push("started");
      unsent = count;
      started.resolve();
    },
    ...rest,
  });
  return { request, events, started: started.promise, unsent: () => unsent?.() };
}

describe("a request", () => {
  it("reports how much of its body the socket has not accepted", async () => {
    const length = 32 * MiB;
    const { url, socket } = await lazyServer(length);
    const { request, events, started, unsent } = recorded(url, {
      method: "PUT",
      body: new Uint8Array(length),
    });
    const reply = transport().send(request);
    await started;
    await new Promise((resolve) => setImmediate(resolve));
    const before = unsent() ?? 0;
    expect(before).toBeGreaterThan(8 * MiB);
    expect(before).toBeLessThan(length);
    const reader = await socket;
    reader.resume();
    while ((unsent() ?? 0) === before) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(unsent()).toBeLessThan(before);
    expect((await reply).status).toBe(204);
    expect([events, unsent()]).toEqual([["queued", "started"], 0]);
  });

  it("that is written piece by piece counts what is not written yet", async () => {
    const length = 260 * MiB;
    const { url, socket } = await lazyServer(length);
    const { request, started, unsent } = recorded(url, { method: "PUT", body: new Uint8Array(length) });
    const reply = transport().send(request);
    await started;
    await new Promise((resolve) => setImmediate(resolve));
    // The queue of the socket alone, which holds the first piece of 256 MiB, would be less.
    expect(unsent()).toBeGreaterThan(254 * MiB);
    const reader = await socket;
    reader.resume();
    expect((await reply).status).toBe(204);
    expect(unsent()).toBe(0);
  });

  it("waits in a queue until a connection of the caller's dispatcher is free, and reports when it starts", async () => {
    const responses: (() => void)[] = [];
    const { url } = await wireServer((_request, response) => responses.push(() => response.end()));
    const dispatcher = new Agent({ connections: 1 });
    const sender = transport({ dispatcher });
    const first = recorded(url, {});
    const second = recorded(url, {});
    const replies = [sender.send(first.request), sender.send(second.request)];
    await first.started;
    expect([first.events, second.events]).toEqual([["queued", "started"], ["queued"]]);
    while (responses.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    responses.shift()?.();
    await second.started;
    expect(second.unsent()).toBeUndefined();
    while (responses.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    responses.shift()?.();
    await Promise.all(replies);
    await dispatcher.destroy();
  });

  it("whose response never ends is given up after 4 MiB, and its connection is closed", async () => {
    let sent = 0;
    const closed = deferred();
    const { url } = await wireServer((_request, response) => {
      const chunk = Buffer.alloc(64 * 1024, "a");
      const more = (): void => {
        do sent += chunk.length;
        while (sent < 64 * MiB && response.write(chunk));
      };
      response.on("drain", more).on("close", closed.resolve);
      more();
    });
    await expect(transport().send(wireRequest(url, { bufferResponse: true }))).rejects.toMatchObject({
      code: "unexpected-response",
      retryable: false,
    });
    await closed.promise;
    expect(sent).toBeLessThan(32 * MiB);
  });
});
