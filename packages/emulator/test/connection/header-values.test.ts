import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { listen } from "../../src/connection/node-server.ts";
import { type Emulator, type EmulatorResponse, HangUp } from "../../src/index.ts";
import { newRun, requestBytes, watch } from "../faults/observe.ts";
import { rawExchange } from "../requests.ts";
import { type Rig, startRig } from "../rig.ts";

let rig: Rig;
let change: (response: EmulatorResponse) => EmulatorResponse;
beforeAll(async () => {
  rig = await startRig({
    faults: true,
    middleware: [
      async (call, next) => {
        const response = await next();
        return call.method === "GET" || call.method === "HEAD" ? change(response) : response;
      },
    ],
  });
});
afterAll(() => rig.stop());
beforeEach(() => {
  change = (response) => response;
});

const header =
  (name: string, value: string) =>
  (response: EmulatorResponse): EmulatorResponse => ({
    ...response,
    headers: { ...response.headers, [name]: value },
  });
const status =
  (code: number) =>
  (response: EmulatorResponse): EmulatorResponse => ({ ...response, status: code });

describe("a response that HTTP cannot carry", () => {
  test.each<[string, typeof change]>([
    ["a line break in a value", header("x-cos-meta-a", "1\r\nx-cos-meta-b: 2")],
    ["a control character in a value", header("Content-Type", "\u0001")],
    ["a character above one byte in a value", header("x-cos-meta-a", "中")],
    ["a name with a space", header("x cos", "1")],
    ["an empty name", header("", "1")],
    ["a status of one digit", status(7)],
    ["a status that ends no request", status(100)],
    ["a status that is no number", status(Number.NaN)],
  ])("%s: InternalError, and no file stays open", async (_, changed) => {
    await rig.ask({ method: "PUT", path: "/k", body: "content" });
    change = changed;
    const logged = rig.log.length;
    const response = await rig.ask({ method: "GET", path: "/k" });
    expect([response.status, response.code]).toEqual([500, "InternalError"]);
    expect((await rig.ask({ method: "HEAD", path: "/k" })).status).toBe(500);
    expect(rig.log.slice(logged).map((line) => line.slice(0, 4))).toEqual(["bug ", "500 ", "bug ", "500 "]);
    await rig.ask({ method: "DELETE", path: "/k" });
    await expect.poll(() => rig.dataFiles()).toEqual([]);
  });

  test("also where a fault writes the bytes", async () => {
    await rig.ask({ method: "PUT", path: "/k", body: "content" });
    change = header("x-cos-meta-a", "1\r\ninjected: 2");
    const run = newRun(rig, { op: "GetObject", when: "after-30-bytes-of-response", fault: "fin" });
    const headers = { "x-cosup-run": run };
    const seen = await watch(rig.port, [requestBytes(rig, { method: "GET", path: "/k", headers })]);
    expect(seen.text).toHaveLength(30);
    expect(seen.text).toMatch(/^HTTP\/1\.1 500 /);
  });
});

test("a stage that throws when the operation has responded leaves no file open", async () => {
  await rig.ask({ method: "PUT", path: "/k", body: "content" });
  change = () => {
    throw new HangUp();
  };
  await expect(rig.ask({ method: "GET", path: "/k" })).rejects.toThrow();
  await rig.ask({ method: "DELETE", path: "/k" });
  await expect.poll(() => rig.dataFiles()).toEqual([]);
});

test("the writer drops the body of a response whose head it cannot write", async () => {
  let open = 0;
  async function* body(): AsyncGenerator<Uint8Array> {
    try {
      yield Buffer.from("content");
    } finally {
      open -= 1;
    }
  }
  const handle = async (): Promise<EmulatorResponse> => {
    open += 1;
    return { status: 200, headers: { a: "\n" }, body: body() };
  };
  const emulator = { handle } as unknown as Emulator;
  const server = await listen(emulator, 0, "127.0.0.1");
  expect(await rawExchange(server.port, "GET / HTTP/1.1\r\n\r\n")).toBe("");
  expect(open).toBe(0);
  await server.close();
});
