import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  createEmulator,
  type Emulator,
  type EmulatorOptions,
  type EmulatorResponse,
  HangUp,
  startEmulator,
} from "../src/index.ts";
import { BUCKET, HOST, textIn } from "./rig.ts";

let data: string;
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), "cos-emulator-"));
});
afterAll(() => rm(data, { recursive: true, force: true }));

const made: Emulator[] = [];
afterEach(async () => {
  for (const emulator of made.splice(0)) await emulator.close();
});

function make(more: Partial<EmulatorOptions> = {}): Emulator {
  const emulator = createEmulator({ data, buckets: [BUCKET], credentials: [], anonymous: true, ...more });
  made.push(emulator);
  return emulator;
}

async function* body(...chunks: (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) {
    if (chunk instanceof Error) throw chunk;
    yield Buffer.from(chunk);
  }
}

function put(target: string, length: number, content: AsyncIterable<Uint8Array>) {
  return { method: "PUT", target, headers: { Host: HOST, "Content-Length": String(length) }, body: content };
}

async function textOf(response: EmulatorResponse): Promise<string> {
  if (response.body === undefined || typeof response.body === "string") return response.body ?? "";
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe("handle()", () => {
  test("logs any request in one line", async () => {
    const lines: string[] = [];
    const emulator = make({ log: (line) => lines.push(line) });
    const target = "/a%0AFORGED%1B[31m%C2%9B%E2%80%AE?uploadId=%0Ax&partNumber=%0D";
    await emulator.handle({ method: "PU\u001bT\n", target, headers: { host: HOST } });
    await emulator.handle(put(target, 0, body()));
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toMatch(/^[\x20-\x7e]+$/);
  });

  test("logs no signature, also when it stands in the path", async () => {
    const lines: string[] = [];
    const emulator = make({ log: (line) => lines.push(line) });
    const cos = "q-sign-algorithm=sha1&q-ak=ID&q-signature=5e6c&x-cos-security-token=TOKEN";
    for (const target of [
      `/k&${cos}`,
      "/kX-Amz-Security-Token=TOKEN&X-Amz-Signature=5e6c",
      "/kWSAccessKeyId=ID&Signature=5e6c",
      `/k?uploadId=x;${cos.replaceAll("&", ";")}`,
    ]) {
      await emulator.handle({ method: "DELETE", target, headers: { host: HOST } });
    }
    expect(lines).toEqual([
      `204 DeleteObject DELETE /${BUCKET}/k%26...`,
      `204 DeleteObject DELETE /${BUCKET}/k...`,
      `204 DeleteObject DELETE /${BUCKET}/kWS...`,
      `404 AbortMultipartUpload DELETE /${BUCKET}/k uploadId=x%3B... NoSuchUpload`,
    ]);
  });

  test("serves without a socket", async () => {
    const emulator = make();
    expect((await emulator.handle(put("/k", 10, body("hello", "world")))).status).toBe(200);
    const read = await emulator.handle({ method: "GET", target: "/k", headers: { host: HOST } });
    expect(await textOf(read)).toBe("helloworld");
    expect(read.headers).toMatchObject({ Server: "tencent-cos", "Content-Length": "10" });
  });

  test("accepts a target in Unicode text", async () => {
    const emulator = make();
    await emulator.handle(put("/中 文", 1, body("x")));
    const read = await emulator.handle({
      method: "GET",
      target: "/%E4%B8%AD%20%E6%96%87",
      headers: { host: HOST },
    });
    expect(await textOf(read)).toBe("x");
  });

  test.each([
    ["a body shorter than promised", body("hel"), "IncompleteBody", 400],
    ["a body longer than promised", body("hello", "!"), "BadRequest", 400],
    ["a body that breaks", body("hel", new Error("reset")), "InternalError", 500],
  ])("%s leaves nothing behind", async (_, content, code, status) => {
    const emulator = make();
    await emulator.ready();
    const before = await readdir(join(data, "data"));
    const response = await emulator.handle(put("/short", 5, content));
    expect([response.status, textIn(await textOf(response), "Code")]).toEqual([status, code]);
    expect(await readdir(join(data, "data"))).toEqual(before);
    const head = await emulator.handle({ method: "HEAD", target: "/short", headers: { host: HOST } });
    expect(head.status).toBe(404);
  });

  test("a broken body does not change the existing object", async () => {
    const emulator = make();
    await emulator.handle(put("/stays", 3, body("old")));
    await emulator.handle(put("/stays", 6, body("new")));
    const read = await emulator.handle({ method: "GET", target: "/stays", headers: { host: HOST } });
    expect(await textOf(read)).toBe("old");
  });
});

describe("middleware", () => {
  test("wraps operations, outermost first, and receives the call", async () => {
    const seen: string[] = [];
    const emulator = make({
      middleware: [
        async (call, next) => {
          seen.push(`> ${call.operation} ${call.key}`);
          const response = await next();
          seen.push(`< ${response.status}`);
          return response;
        },
        async (call, next) => (call.key === "busy" ? { status: 503, headers: {} } : next()),
      ],
    });
    await emulator.handle(put("/free", 1, body("x")));
    expect((await emulator.handle(put("/busy", 1, body("x")))).status).toBe(503);
    expect(seen).toEqual(["> PutObject free", "< 200", "> PutObject busy", "< 503"]);
  });

  test("HangUp closes the connection, before or after the operation", async () => {
    const log: string[] = [];
    const emulator = await startEmulator({
      log: (line) => log.push(line),
      data,
      buckets: [BUCKET],
      credentials: [],
      anonymous: true,
      middleware: [
        async (call, next) => {
          if (call.method !== "PUT") return next();
          if (call.key === "lost-response") await next();
          throw new HangUp();
        },
      ],
    });
    const put = (key: string) => fetch(`${emulator.url}/${BUCKET}/${key}`, { method: "PUT", body: "x" });
    await expect(put("lost-request")).rejects.toThrow();
    await expect(put("lost-response")).rejects.toThrow();
    expect(log.at(-1)).toBe(`hung-up PutObject PUT /${BUCKET}/lost-response`);
    expect((await fetch(`${emulator.url}/${BUCKET}/lost-request`)).status).toBe(404);
    expect(await (await fetch(`${emulator.url}/${BUCKET}/lost-response`)).text()).toBe("x");
    await emulator.close();
  });
});

describe("options", () => {
  test("start fails if the data directory cannot be created", async () => {
    await expect(startEmulator({ data: "/dev/null/x", buckets: [BUCKET], credentials: [] })).rejects.toThrow(
      /ENOTDIR/,
    );
  });
});
