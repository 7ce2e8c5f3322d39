import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { transport } from "./transport-rig.ts";
import { wireRequest } from "./wire-server.ts";

const servers: Server[] = [];
const connections: Socket[] = [];

afterEach(async () => {
  for (const connection of connections.splice(0)) connection.destroy();
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

/** A server that responds to each request on a connection with these bytes, in as many writes. */
async function rawServer(...pieces: string[]): Promise<string> {
  const server = createServer((socket) => {
    connections.push(socket);
    socket.on("data", async () => {
      for (const piece of pieces) await new Promise((resolve) => socket.write(piece, resolve));
    });
    socket.on("error", () => {});
  });
  servers.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
const HINTS = "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n";
const OK = "HTTP/1.1 200 OK\r\nx-final: yes\r\ncontent-length: 4\r\n\r\nbody";

describe("an unexpected interim response", () => {
  it.each([
    ["100", [CONTINUE, OK]],
    ["100 in one piece with the final response", [CONTINUE + OK]],
    ["100, three times", [CONTINUE, CONTINUE + CONTINUE, OK]],
    ["103 and 100", [HINTS, CONTINUE, OK]],
  ])("%s is passed over, on each request of a connection", async (_, pieces) => {
    const url = await rawServer(...pieces);
    const sender = transport();
    for (let round = 0; round < 3; round += 1) {
      const whole = await sender.send(
        wireRequest(url, { method: "PUT", body: Buffer.from("x"), bufferResponse: true }),
      );
      expect([whole.status, whole.headers.get("x-final"), await whole.text()]).toEqual([200, "yes", "body"]);
      const streamed = await sender.send(wireRequest(url));
      expect([streamed.status, streamed.headers.get("x-final")]).toEqual([200, "yes"]);
      expect(await text(streamed.body as unknown as AsyncIterable<Uint8Array>)).toBe("body");
    }
    // undici takes a connection again only in the next turn of the event loop.
    expect(connections.length).toBeLessThanOrEqual(2);
  });

  it("does not take the place of the final one", async () => {
    const url = await rawServer(CONTINUE);
    const reply = transport()
      .send(wireRequest(url, { bufferResponse: true }))
      .catch((error: unknown) => error);
    while (connections[0] === undefined || connections[0].bytesWritten < CONTINUE.length) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    connections[0].destroy();
    expect(await reply).toBeInstanceOf(Error);
  });
});
