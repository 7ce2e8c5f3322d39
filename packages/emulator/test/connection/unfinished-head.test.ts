import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Listening, listen } from "../../src/connection/node-server.ts";
import { createEmulator, type Emulator } from "../../src/index.ts";
import { BUCKET, HOST, rawExchange } from "../requests.ts";

let data: string;
let emulator: Emulator;
let server: Listening;
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), "cos-emulator-"));
  emulator = createEmulator({ data, buckets: [BUCKET], credentials: [], anonymous: true });
  await emulator.ready();
  const limits = { headersTimeout: 300, connectionsCheckingInterval: 100 };
  server = await listen(emulator, 0, "127.0.0.1", undefined, limits);
});
afterAll(async () => {
  await server.close();
  await emulator.close();
  await rm(data, { recursive: true, force: true });
});

// Each test waits until the emulator closes the connection.
describe("a head that does not end is refused and closed", () => {
  const REFUSED = /^HTTP\/1\.1 400 [\s\S]*<Code>RequestTimeout<\/Code>/;

  test("after a part of it", async () => {
    const reply = await rawExchange(server.port, `PUT /k HTTP/1.1\r\nHost: ${HOST}\r\nContent-Le`);
    expect(reply).toMatch(REFUSED);
  });

  test("on a connection that has carried a request", async () => {
    const first = `PUT /k HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 1\r\n\r\nx`;
    const reply = await rawExchange(server.port, `${first}GET /k HTTP/1.1\r\n`);
    expect(reply).toMatch(/^HTTP\/1\.1 200 /);
  });

  test("but a body may take its time", async () => {
    const slow = `PUT /slow HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nx`;
    const other = rawExchange(server.port, slow, "stay", "y", 1000);
    expect(await other).toMatch(/^HTTP\/1\.1 200 /);
  });
});
