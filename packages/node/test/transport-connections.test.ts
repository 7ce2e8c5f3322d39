import { Agent } from "undici";
import { describe, expect, it } from "vitest";
import { startChild, useChildren } from "./child-process.ts";
import { transport } from "./transport-rig.ts";
import { wireRequest, wireServer } from "./wire-server.ts";

useChildren();

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
      const response = await sender.send(wireRequest(url, { freshConnection: true }));
      expect(await response.text()).toBe("close");
    }
    expect(sockets.length).toBe(4);
  });

  it("are opened side by side, one request on each", async () => {
    const waiting: (() => void)[] = [];
    const { url, sockets } = await wireServer((_request, response) => {
      waiting.push(() => response.end());
      if (waiting.length === 20) {
        for (const end of waiting) {
          end();
        }
      }
    });
    const sender = transport();
    const responses = await Promise.all(Array.from({ length: 20 }, () => sender.send(wireRequest(url))));
    expect(responses.length).toBe(20);
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

  it("ignore the proxy variables of the environment with proxy: false", async () => {
    const { url } = await wireServer((_request, response) => response.end("direct"));
    process.env.HTTP_PROXY = "http://127.0.0.1:9";
    try {
      const direct = transport({ proxy: false });
      expect(await (await direct.send(wireRequest(url))).text()).toBe("direct");
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
