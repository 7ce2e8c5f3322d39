import { createServer } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";

afterEach(() => {
  vi.doUnmock("../src/response-parsers.ts");
  vi.resetModules();
});

describe("the parsers of responses, which are loaded while the first connection is established", () => {
  it("are not loaded before, and are shared by later connections", async () => {
    vi.resetModules();
    const { areParsersLoaded, loadParsers, parserBytes, xmlParser } = await import("../src/parsers.ts");
    expect(areParsersLoaded()).toBe(false);
    expect(parserBytes).toThrow("The parsers are not loaded");
    await Promise.all([loadParsers(), loadParsers()]);
    expect(areParsersLoaded()).toBe(true);
    expect(new (xmlParser())().parse("<a><b>1</b></a>")).toEqual({ a: { b: 1 } });
    expect(WebAssembly.validate(Uint8Array.from(parserBytes()))).toBe(true);
  });

  it("that cannot be loaded fail the connection and close its socket, and are loaded again for the next", async () => {
    let broken = true;
    vi.resetModules();
    vi.doMock("../src/response-parsers.ts", () => ({
      XMLParser: class {},
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
