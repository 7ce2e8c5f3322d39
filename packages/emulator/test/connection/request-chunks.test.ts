import { createServer, request as httpRequest, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { chunksOf } from "../../src/connection/request-chunks.ts";

const MiB = 1024 * 1024;
const BODY = Buffer.from(Array.from({ length: 4 * MiB }, (_, index) => (index * 31 + (index >> 8)) & 255));

let server: Server | undefined;
afterEach(() => server?.close());

/** Serves one request with `read`, and returns what it gave, and the client's view. */
async function serve<T>(
  read: (request: IncomingMessage) => Promise<T>,
  send: (sent: ReturnType<typeof httpRequest>) => void = (sent) => sent.end(BODY),
): Promise<{ readonly result: T | Error; readonly status: number | Error }> {
  let settle = (_: T | Error): void => undefined;
  const result = new Promise<T | Error>((resolve) => {
    settle = resolve;
  });
  server = createServer((request, response) => {
    request.on("error", () => {});
    void read(request)
      .catch((error: Error) => error)
      .then((value) => {
        settle(value);
        response.end();
        request.resume();
      });
  });
  const listening = server;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  const status = new Promise<number | Error>((resolve) => {
    const { port } = listening.address() as AddressInfo;
    const sent = httpRequest({ port, host: "127.0.0.1", method: "PUT", headers: { connection: "close" } });
    sent.on("response", (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
    });
    sent.on("error", resolve);
    send(sent);
  });
  return { result: await result, status: await status };
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe("the chunks of a request body", () => {
  test.each([
    ["at once", async () => {}],
    ["slowly", pause],
  ])("are the body, read %s", async (_, wait) => {
    const { result, status } = await serve(async (request) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of chunksOf(request)) {
        chunks.push(chunk);
        await wait();
      }
      return Buffer.concat(chunks);
    });
    expect(Buffer.compare(result as Buffer, BODY)).toBe(0);
    expect(status).toBe(200);
  });

  test("are none of an empty body", async () => {
    const { result } = await serve(
      async (request) => {
        for await (const _ of chunksOf(request)) throw new Error("a chunk");
        return "none";
      },
      (sent) => sent.end(),
    );
    expect(result).toBe("none");
  });

  test("are read no further ahead of their reader than twice what the request reads ahead", async () => {
    const { result } = await serve(async (request) => {
      let taken = 0;
      let furthest = 0;
      for await (const chunk of chunksOf(request)) {
        taken += chunk.length;
        await pause();
        furthest = Math.max(furthest, request.socket.bytesRead - taken);
      }
      return furthest - 2 * request.readableHighWaterMark;
    });
    // One read of the socket more, and the heads.
    expect(result).toBeLessThan(80 * 1024);
  });

  test("are left in the request by a reader that stops early, and a response follows", async () => {
    const { result, status } = await serve(async (request) => {
      for await (const _ of chunksOf(request)) break;
      return [request.listenerCount("data"), request.isPaused(), request.destroyed];
    });
    expect(result).toEqual([0, true, false]);
    expect(status).toBe(200);
  });

  test("end with an error when the client goes away", async () => {
    const { result } = await serve(
      async (request) => {
        for await (const _ of chunksOf(request)) await pause();
        return "complete";
      },
      (sent) => {
        sent.setHeader("content-length", String(BODY.length));
        sent.write(BODY.subarray(0, MiB), () => setTimeout(() => sent.destroy(), 20));
      },
    );
    expect(result).toBeInstanceOf(Error);
  });

  test("end with an error when the client was gone before they were read", async () => {
    const { result } = await serve(
      async (request) => {
        await new Promise((resolve) => request.socket.once("close", resolve));
        await pause();
        for await (const _ of chunksOf(request)) {
          // What had arrived.
        }
        return "complete";
      },
      (sent) => {
        sent.setHeader("content-length", String(BODY.length));
        sent.write("begun", () => setTimeout(() => sent.destroy(), 20));
      },
    );
    expect(result).toBeInstanceOf(Error);
  });
});
