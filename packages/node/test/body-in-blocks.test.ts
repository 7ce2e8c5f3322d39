import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { open, truncate, writeFile } from "node:fs/promises";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { getDefaultHighWaterMark, setDefaultHighWaterMark } from "node:stream";
import type { BodyInBlocks, WireRequest } from "@cosup/core/runtime";
import { type Instruction, startEmulator } from "@cosup/emulator";
import { Agent } from "undici";
import { afterEach, describe, expect, it, vi } from "vitest";
import { WRITE_BYTES } from "../src/body-in-blocks.ts";
import { createCos, SourceError } from "../src/index.ts";
import { openFileHandle, openPath } from "../src/sources/open-path.ts";
import { PageCachePace } from "../src/sources/page-cache-pace.ts";
import { temporaryDirectory } from "./temporary-directory.ts";
import { transport } from "./transport-rig.ts";
import { bodyOf, wireRequest, wireServer } from "./wire-server.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  vi.unstubAllEnvs();
});

const MiB = 1024 ** 2;

function put(url: string, rest: Partial<WireRequest>): WireRequest {
  return wireRequest(url, { method: "PUT", bufferResponse: true, ...rest });
}

const sha1 = (bytes: Uint8Array): string => createHash("sha1").update(bytes).digest("hex");

/** A body that gives all blocks in the same memory. */
class Blocks implements BodyInBlocks {
  readonly length: number;
  readonly asked: number[] = [];
  failAt = Number.POSITIVE_INFINITY;
  readonly #memory = new Uint8Array(WRITE_BYTES);

  constructor(readonly content: Uint8Array) {
    this.length = content.length;
  }

  block(at: number): Uint8Array | Promise<Uint8Array> {
    if (at >= this.failAt) throw new Error("the disk is broken");
    this.asked.push(at);
    const content = this.content.subarray(at, at + WRITE_BYTES);
    this.#memory.set(content);
    const block = this.#memory.subarray(0, content.length);
    return this.asked.length % 2 === 0 ? Promise.resolve(block) : block;
  }
}

describe("a body that is read while it is sent", () => {
  const content = randomBytes(9 * WRITE_BYTES + 11);

  it("arrives complete with its length, each block asked for once", async () => {
    const { url } = await wireServer(async (request, response) => {
      response.end(`${request.headers["content-length"]} ${sha1(await bodyOf(request))}`);
    });
    const blocks = new Blocks(content);
    const response = await transport().send(put(url, { blocks }));
    expect(await response.text()).toBe(`${content.length} ${sha1(content)}`);
    expect(blocks.asked).toEqual(Array.from({ length: 10 }, (_, index) => index * WRITE_BYTES));
  });

  it("keeps a block until the socket has passed it to the kernel, however much the socket would queue", async () => {
    const before = getDefaultHighWaterMark(false);
    setDefaultHighWaterMark(false, 64 * MiB);
    try {
      const { url } = await wireServer(async (request, response) => {
        request.pause();
        for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
        response.end(sha1(await bodyOf(request)));
      });
      const large = randomBytes(24 * MiB);
      const response = await transport().send(put(url, { blocks: new Blocks(large) }));
      expect(await response.text()).toBe(sha1(large));
    } finally {
      setDefaultHighWaterMark(false, before);
    }
  });

  it("fails the request with the reason for which a block cannot be read", async () => {
    const { url } = await wireServer(async (request, response) => {
      await bodyOf(request).catch(() => {});
      response.end();
    });
    const blocks = new Blocks(content);
    blocks.failAt = 2 * WRITE_BYTES;
    await expect(transport().send(put(url, { blocks }))).rejects.toThrow("the disk is broken");
  });

  it("is asked for one block at most after the request was aborted", async () => {
    const { url, server } = await wireServer(() => {});
    const arrived = once(server, "request").then(([request]) => request.pause());
    const blocks = new Blocks(new Uint8Array(64 * WRITE_BYTES));
    const controller = new AbortController();
    const sent = transport().send(put(url, { blocks, signal: controller.signal }));
    await arrived;
    controller.abort(new Error("enough"));
    await expect(sent).rejects.toThrow("enough");
    const asked = blocks.asked.length;
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    expect(blocks.asked.length).toBeLessThanOrEqual(asked + 1);
    expect(asked).toBeLessThan(60);
  });

  it("arrives complete through a connection that is not ours", async () => {
    const { url } = await wireServer(async (request, response) => response.end(sha1(await bodyOf(request))));
    const dispatcher = new Agent();
    closing.push(() => dispatcher.destroy());
    const response = await transport({ dispatcher }).send(put(url, { blocks: new Blocks(content) }));
    expect(await response.text()).toBe(sha1(content));
  });

  it("arrives complete over TLS, and so does one that is in memory", async () => {
    const folder = new URL("../../../test/fixtures/tls/", import.meta.url);
    const pem = (name: string): Buffer => readFileSync(new URL(name, folder));
    const server = createSecureServer(
      { key: pem("key.pem"), cert: pem("localhost.pem") },
      async (request, response) => response.end(sha1(await bodyOf(request))),
    );
    await once(server.listen(0, "127.0.0.1"), "listening");
    closing.push(() => server.close());
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const blocks = new Blocks(content);
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    const secure = transport();
    const send = async (body: Partial<WireRequest>): Promise<string> =>
      (await secure.send(put(url, body))).text();
    expect(await send({ blocks })).toBe(sha1(content));
    expect(await send({ body: content })).toBe(sha1(content));
  });
});

describe("an upload of a file whose parts are read while they are sent", () => {
  const bytes = randomBytes(5 * MiB + 123);

  /** @param run the run of faults that the client belongs to */
  async function rig(run?: string) {
    const emulator = await startEmulator({ faults: true });
    closing.push(() => emulator.close());
    const { SecretId, ...given } = emulator.clientOptions;
    // A small budget, because files up to it are one PUT.
    const options = { ...given, memoryBudget: 4 * MiB };
    const cos = createCos({ ...options, SecretId: run === undefined ? SecretId : `${SecretId}@${run}` });
    closing.push(() => cos.close());
    const path = join(await temporaryDirectory(), "file.bin");
    await writeFile(path, bytes);
    const place = { Bucket: "demo-1250000000", Key: "file.bin" };
    const upload = () => cos.uploadFile({ ...place, LocalFilePath: path, PartSize: 1 });
    const stored = async (): Promise<Buffer> =>
      Buffer.from(await new Response((await cos.getObject(place)).Body).arrayBuffer());
    return { emulator, cos, path, upload, stored, place };
  }

  it("stores the file, and reads it on the spot", async () => {
    const { path } = await rig();
    const source = await openPath(path);
    const reader = await source.openBlocks?.(new AbortController().signal);
    const into = new Uint8Array(100);
    expect(reader?.readNow(into, 7)).toBe(100);
    expect(Buffer.compare(into, bytes.subarray(7, 107))).toBe(0);
    expect(reader?.readNow(into, bytes.length - 3)).toBe(3);
    expect(reader?.readNow(into, bytes.length)).toBe(0);
    reader?.close();
    await source.close();
  });

  it("does not read a caller's handle on the spot", async () => {
    const { path } = await rig();
    const handle = await open(path);
    const source = await openFileHandle(handle);
    expect(await source.openBlocks?.(new AbortController().signal)).toBeUndefined();
    await source.close();
    await handle.close();
  });

  const within = "after-300000-bytes-of-request";
  it.each<[string, Instruction]>([
    ["a connection that breaks", { op: "UploadPart", match: { part: 3 }, when: within, fault: "reset" }],
    [
      "a lost response",
      { op: "UploadPart", match: { part: 2 }, when: "after-commit-before-response", fault: "reset" },
    ],
    [
      "COS being busy",
      { op: "UploadPart", match: { part: 2 }, when: within, fault: { kind: "status", code: "SlowDown" } },
    ],
  ])("is complete after %s in the middle of a part", async (_, instruction) => {
    const { emulator, upload, stored } = await rig("test");
    emulator.faults.install("test", [instruction]);
    const { partsSent } = await upload();
    emulator.faults.expectAllFired("test");
    expect(partsSent).toBe(6);
    expect(Buffer.compare(await stored(), bytes)).toBe(0);
  });

  it("fails before anything is published when the file has become shorter", async () => {
    const { emulator, upload, path, cos, place } = await rig();
    const initiated = emulator.waitFor({ operation: "InitiateMultipartUpload" });
    const shortened = initiated.then(() => truncate(path, 2 * MiB));
    const outcome = upload().catch((error: unknown) => error);
    await shortened;
    expect(await outcome).toBeInstanceOf(SourceError);
    await expect(cos.headObject(place)).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("the pace of reads on the spot", () => {
  it("pauses after a read that had to wait for a disk", () => {
    let now = 0;
    const pace = new PageCachePace(1, 2, () => now);
    expect([pace.next(), pace.fast]).toEqual([true, true]);
    pace.run(() => {
      now += 1;
    });
    expect(pace.fast).toBe(true);
    expect(() =>
      pace.run(() => {
        now += 1.5;
        throw new Error("unreadable");
      }),
    ).toThrow("unreadable");
    expect(pace.fast).toBe(false);
    expect([pace.next(), pace.next(), pace.next()]).toEqual([false, false, true]);
    expect(pace.fast).toBe(true);
  });
});
