import { fileURLToPath } from "node:url";
import { Agent } from "undici";
import { expect, it, vi } from "vitest";
import { createNodeRuntime } from "../src/runtime.ts";
import { caught } from "./caught.ts";
import { wireRequest, wireServer } from "./wire-server.ts";

it("compiles the core once per process, and only when it is asked for", async () => {
  const Module = vi.spyOn(WebAssembly, "Module");
  const one = createNodeRuntime();
  const other = createNodeRuntime();
  expect(Module).not.toHaveBeenCalled();
  const modules = await Promise.all([one.wasm, one.wasm, other.wasm]);
  expect(new Set(modules).size).toBe(1);
  expect(WebAssembly.Module.exports(await one.wasm).map(({ name }) => name)).toContain("crc64");
  expect(Module).toHaveBeenCalledTimes(1);
});

it("lends defaults whose parts fit the memory budget", () => {
  const { name, defaults } = createNodeRuntime();
  expect(name).toBe("node");
  expect(defaults).toEqual({ partSize: 8_388_608, concurrency: 5, memoryBudget: 67_108_864 });
});

it("sends, opens, and names failures", async () => {
  const { url, server } = await wireServer((_request, response) => response.end("ok"));
  const runtime = createNodeRuntime();
  expect(await (await runtime.send(wireRequest(url))).text()).toBe("ok");
  expect((await runtime.open({ path: fileURLToPath(import.meta.url) }))?.access).toBe("random");
  expect(await runtime.open("bare string")).toBeUndefined();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  const error = await caught(runtime.send(wireRequest(url, { freshConnection: true })));
  expect(runtime.transportError(error)).toBe("connect");
  await runtime.close?.();
});

it("passes the caller's dispatcher on", async () => {
  const { url } = await wireServer((_request, response) => response.end());
  const dispatcher = new Agent();
  const dispatch = vi.spyOn(dispatcher, "dispatch");
  await createNodeRuntime({ dispatcher }).send(wireRequest(url));
  expect(dispatch).toHaveBeenCalledTimes(1);
  await dispatcher.destroy();
});
