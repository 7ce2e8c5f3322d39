import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { listen } from "../../src/connection/node-server.ts";
import { createEmulator, startEmulator } from "../../src/index.ts";
import { DiskBytes } from "../../src/store/disk.ts";
import { allowFreeing, freeChunks } from "../../src/store/free-chunks.ts";

const BODY = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 31 + (index >> 8)) & 255));
const FILE = "0".repeat(32);

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cos-emulator-"));
  cleanups.push(() => rm(folder, { recursive: true }));
  return folder;
}

function chunkOf(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text));
}

describe("the memory of a chunk", () => {
  test("is given back once, if that is allowed", () => {
    const [allowed, other] = [chunkOf("allowed"), chunkOf("other")];
    allowFreeing(allowed);
    freeChunks([allowed, other]);
    expect([allowed.length, other.length]).toEqual([0, 5]);
    expect(() => freeChunks([allowed, other])).not.toThrow();
  });

  test("stays, if others have a part of it", () => {
    const all = chunkOf("0123456789");
    const part = all.subarray(2, 4);
    allowFreeing(part);
    freeChunks([part]);
    expect([all.length, part.length]).toEqual([10, 2]);
  });

  test("is given back by the disk when it is written", async () => {
    const folder = await temporaryFolder();
    const writer = await new DiskBytes(folder, false).create(FILE);
    const chunks = [chunkOf("first "), chunkOf("second")];
    for (const chunk of chunks) allowFreeing(chunk);
    await writer.write(chunks);
    await writer.finish();
    expect(await readFile(join(folder, FILE), "utf8")).toBe("first second");
    expect(chunks.map(({ length }) => length)).toEqual([0, 0]);
  });
});

/** A body whose chunks are given back too early would be stored with zeros, or fail. */
describe("the chunks of a body", () => {
  const target = "/demo-1250000000/a.bin";

  test.each([
    ["on disk", true],
    ["in memory", false],
  ])("from a socket are stored %s", async (_, onDisk) => {
    const place = onDisk ? { data: await temporaryFolder() } : {};
    const emulator = await startEmulator({ ...place, anonymous: true });
    cleanups.push(() => emulator.close());
    await put(emulator.port, target);
    const response = await fetch(`${emulator.url}${target}`);
    expect(Buffer.from(await response.arrayBuffer()).equals(BODY)).toBe(true);
  });

  test("from a socket can be given back", async () => {
    const sizes: number[] = [];
    const emulator = createEmulator({ anonymous: true });
    const handle: typeof emulator.handle = async ({ body }) => {
      for await (const chunk of body ?? []) {
        freeChunks([chunk]);
        sizes.push(chunk.length);
      }
      return { status: 200, headers: {} };
    };
    const server = await listen({ ...emulator, handle }, 0, "127.0.0.1");
    cleanups.push(() => server.close());
    await put(server.port, target);
    expect(new Set(sizes)).toEqual(new Set([0]));
  });
});

/** Through a socket, because only bodies that come from one are given back. */
function put(port: number, target: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1").setEncoding("latin1");
    socket.on("error", reject);
    socket.on("data", (head: string) => {
      socket.end();
      if (head.startsWith("HTTP/1.1 200")) resolve();
      else reject(new Error(head));
    });
    socket.write(`PUT ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${BODY.length}\r\n\r\n`);
    socket.write(BODY);
  });
}
