import { createServer } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";

afterEach(() => {
  vi.doUnmock("../src/llhttp.ts");
  vi.resetModules();
});

describe("the HTTP parser, which is loaded while the first connection is established", () => {
  it("is not loaded before, and is shared by later connections", async () => {
    vi.resetModules();
    const { isParserLoaded, loadParser, parserBytes } = await import("../src/http-parser.ts");
    expect(isParserLoaded()).toBe(false);
    expect(parserBytes).toThrow("The HTTP parser is not loaded");
    await Promise.all([loadParser(), loadParser()]);
    expect(isParserLoaded()).toBe(true);
    expect(WebAssembly.validate(Uint8Array.from(parserBytes()))).toBe(true);
  });

  it("fails the connection and closes its socket where it cannot be loaded, and is loaded again for the next", async () => {
    let broken = true;
    vi.resetModules();
    vi.doMock("../src/llhttp.ts", () => ({
      get llhttp() {
        if (broken) throw new Error("the file is gone");
        return new Uint8Array([1]);
      },
    }));
    const { createConnector } = await import("../src/connector.ts");
    const closed: Promise<void>[] = [];
    const server = createServer((socket) => {
      closed.push(new Promise((resolve) => socket.on("close", () => resolve()).resume()));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const connector = createConnector();
    const connect = (): Promise<Error | null> =>
      new Promise((resolve) => {
        const options = { hostname: "127.0.0.1", protocol: "http:", port: String(address.port) };
        connector.connect(options, (error, socket) => {
          socket?.destroy();
          resolve(error);
        });
      });
    expect(await connect()).toMatchObject({ message: "the file is gone" });
    await expect.poll(() => closed.length).toBe(1);
    await closed[0];
    expect(connector.isConnecting()).toBe(false);
    broken = false;
    expect(await connect()).toBeNull();
    server.close();
  });
});
