import { Agent, type Dispatcher, RetryAgent } from "undici";
import { describe, expect, it } from "vitest";
import { transportFailure } from "../src/transport-error.ts";
import { caught } from "./caught.ts";
import { transport } from "./transport-rig.ts";
import { bodyOf, wireRequest, wireServer } from "./wire-server.ts";

/** A dispatcher that sends a failed PUT again by itself, at once. */
function repeating(): Dispatcher {
  return new RetryAgent(new Agent(), { minTimeout: 1, methods: ["GET", "PUT"] });
}

describe("a dispatcher that sends requests again by itself", () => {
  it.each([true, false])(
    "is stopped at the second time, and the request fails: buffered %s",
    async (bufferResponse) => {
      let received = 0;
      const { url } = await wireServer(async (request) => {
        received += 1;
        await bodyOf(request);
        request.socket.destroy();
      });
      const dispatcher = repeating();
      const body = new Uint8Array(1000);
      const sent = transport({ dispatcher }).send(wireRequest(url, { method: "PUT", body, bufferResponse }));
      const error = await caught(sent);
      expect(transportFailure(error)).toBe("reset");
      expect(String(error)).toMatch(/about to send it again by itself/);
      expect(received).toBe(1);
      await dispatcher.close();
    },
  );

  it("sends other requests as before", async () => {
    const { url } = await wireServer((_request, response) => response.end("well"));
    const dispatcher = repeating();
    const sender = transport({ dispatcher });
    for (const _ of [1, 2]) expect(await (await sender.send(wireRequest(url))).text()).toBe("well");
    await dispatcher.close();
  });
});
