import { chmodSync, mkdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { failureOf, transferSmall } from "../../src/transfer/index.ts";
import { type FileServer, serveFile } from "../support/file-server.ts";
import { BUCKET, bytesOf, crc64Of, MIB, openRig, type Rig } from "../support/rig.ts";

let rig: Rig;
let server: FileServer;
const bytes = bytesOf("small", 100_000);

beforeAll(async () => {
  rig = await openRig();
});
beforeEach(async () => {
  await rig.emulator.reset();
  server = await serveFile({ bytes, etag: '"one"' });
});
afterEach(() => server.close());
afterAll(() => rig.close());

const first = { isRepeat: false };
const again = { isRepeat: true };

describe("transferSmall()", () => {
  it("stores a file with its headers, and verifies it", async () => {
    const headers = { "cache-control": "no-cache", "x-cos-meta-owner": "Jürgen" };
    const entry = { source: rig.file("a.bin", bytes), key: "a.txt", size: bytes.length, headers };
    const result = await transferSmall(rig.context, entry, first);
    const stored = await rig.cos.headObject({ Bucket: BUCKET, Key: "a.txt" });
    expect(result).toEqual({
      key: "a.txt",
      size: 100_000,
      crc64: await crc64Of(bytes),
      etag: stored.ETag,
      versionId: undefined,
      sent: true,
    });
    expect(stored).toMatchObject({
      ContentType: "text/plain",
      Metadata: { "x-cos-meta-owner": "J%C3%BCrgen" },
    });
    expect(stored.headers["cache-control"]).toBe("no-cache");
    expect((await rig.read("a.txt")).equals(bytes)).toBe(true);
  });

  it("does not send again what is there, and sends what is not the same", async () => {
    const entry = { source: rig.file("a.bin", bytes), key: "a" };
    await transferSmall(rig.context, entry, first);
    expect(await transferSmall(rig.context, entry, again)).toMatchObject({ sent: false, size: 100_000 });
    expect(rig.requests("PutObject")).toBe(1);
    rig.file("a.bin", bytesOf("other", 100_000));
    expect(await transferSmall(rig.context, entry, again)).toMatchObject({ sent: true });
    expect(rig.requests("PutObject")).toBe(2);
  });

  it("reads a URL whole, without ranges, and does not send it again", async () => {
    server.file.ignoresRange = true;
    server.file.failures = [503, 429];
    const entry = { source: server.url, key: "u.html" };
    const crc64 = await crc64Of(bytes);
    expect(await transferSmall(rig.context, entry, first)).toMatchObject({ sent: true, crc64 });
    expect(await transferSmall(rig.context, entry, again)).toMatchObject({ sent: false, crc64 });
    expect(rig.requests("PutObject")).toBe(1);
    expect(server.requests).toEqual(Array.from({ length: 4 }, () => "GET whole"));
  });

  it("reads a URL again whose response breaks", async () => {
    server.file.breakAfter = 5000;
    await transferSmall(rig.context, { source: server.url, key: "u" }, first);
    expect((await rig.read("u")).equals(bytes)).toBe(true);
  });

  it("copies an object inside COS, and not again", async () => {
    await rig.cos.putObject({ Bucket: BUCKET, Key: "from", Body: bytes });
    const entry = { source: `cos://${BUCKET}/from`, key: "to" };
    const crc64 = await crc64Of(bytes);
    expect(await transferSmall(rig.context, entry, first)).toMatchObject({
      sent: true,
      crc64,
      size: 100_000,
    });
    expect(await transferSmall(rig.context, entry, again)).toMatchObject({ sent: false, crc64 });
    await rig.cos.putObject({ Bucket: BUCKET, Key: "from", Body: "another" });
    expect(await transferSmall(rig.context, entry, again)).toMatchObject({ sent: true, size: 7 });
    expect(rig.requests("CopyObject")).toBe(2);
  });

  it("reads a URL of one response without ETag and Last-Modified", async () => {
    Object.assign(server.file, { etag: undefined, encoding: "aws-chunked" });
    await transferSmall(rig.context, { source: server.url, key: "u" }, first);
    expect((await rig.read("u")).equals(bytes)).toBe(true);
  });

  it("stores empty sources", async () => {
    server.file.bytes = new Uint8Array(0);
    const file = { source: rig.file("empty", new Uint8Array(0)), key: "f" };
    expect(await transferSmall(rig.context, file, first)).toMatchObject({ size: 0, crc64: "0" });
    const sized = { ...file, key: "s", size: 0 };
    expect(await transferSmall(rig.context, sized, first)).toMatchObject({ size: 0, crc64: "0" });
    const url = { source: server.url, key: "u" };
    expect(await transferSmall(rig.context, url, first)).toMatchObject({ size: 0, crc64: "0" });
  });
});

describe("transferSmall() refuses", () => {
  const failure = async (source: string, size?: number) => {
    const entry = { source, key: "x", ...(size === undefined ? {} : { size }) };
    const failed = await transferSmall(rig.context, entry, first).then(
      () => undefined,
      (error: unknown) => failureOf(error),
    );
    expect(rig.requests("PutObject") + rig.requests("CopyObject")).toBe(0);
    return failed;
  };

  it("a source of another size than the manifest says, before it is stored", async () => {
    const code = { code: expect.stringMatching(/^source-(size|length|changed)$/), permanent: true };
    expect(await failure(rig.file("a.bin", bytes), 99_999)).toMatchObject(code);
    expect(await failure(rig.file("a.bin", bytes), 100_001)).toMatchObject(code);
    expect(await failure(server.url, 99_999)).toMatchObject(code);
    server.file.hidesLength = true;
    expect(await failure(server.url, 100_001)).toMatchObject(code);
  });

  it("what cannot be read, and does not repeat the signature of a URL", async () => {
    const path = rig.file("hidden", bytes);
    chmodSync(path, 0);
    mkdirSync(join(rig.folder, "folder"), { recursive: true });
    expect(await failure(join(rig.folder, "missing"))).toMatchObject({ permanent: true });
    expect(await failure(join(rig.folder, "folder"))).toMatchObject({ permanent: true });
    server.file.failures = [404];
    expect(await failure(server.url)).toMatchObject({ code: "source-not-found", permanent: true });
    server.file.failures = [403];
    const refused = await failure(server.url);
    expect(refused).toMatchObject({ code: "source-refused", permanent: true, hint: /expired/ });
    expect(refused?.message).toMatch(
      /^the server of http:\/\/127.0.0.1:\d+\/folder\/file.bin responds with HTTP 403$/,
    );
    server.file.failures = [503, 503, 503];
    expect(await failure(server.url)).toMatchObject({ code: "source-unavailable", permanent: false });
    await server.close();
    const gone = await failure(server.url);
    expect(gone).toMatchObject({ code: "source-unavailable", permanent: false, message: /ECONNREFUSED/ });
    expect(JSON.stringify([refused, gone])).not.toContain("5ec2e7");
  });

  it("a URL that redirects to itself", async () => {
    const loop = createServer((request, response) =>
      response.writeHead(302, { location: request.url }).end(),
    );
    await new Promise<void>((resolve) => loop.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(loop.address() as AddressInfo).port}/f`;
    const message = `the server of ${url} redirects too often`;
    expect(await failure(`${url}?X-Amz-Signature=5ec2e7`)).toMatchObject({ permanent: true, message });
    loop.close();
  });

  it("a URL whose bytes `fetch` would decode", async () => {
    for (const encoding of ["gzip", "br", "deflate", "identity, gzip"]) {
      Object.assign(server.file, { bytes: gzipSync(bytes), encoding });
      expect(await failure(server.url)).toMatchObject({
        code: "source-encoded",
        permanent: true,
        hint: expect.stringContaining(`Content-Encoding: ${encoding}`),
      });
    }
  });

  it("fewer bytes than the response says", async () => {
    vi.stubGlobal("fetch", async () => new Response("abc", { headers: { "content-length": "4" } }));
    try {
      expect(await failure(server.url)).toMatchObject({ code: "source-unavailable", permanent: false });
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it("a URL that has grown above what goes in one request, until it is asked for its size again", async () => {
    server.file.bytes = bytesOf("grown", 16 * MIB + 1);
    for (const hidesLength of [false, true]) {
      server.file.hidesLength = hidesLength;
      expect(await failure(server.url)).toMatchObject({ code: "too-large", permanent: false });
    }
    expect(rig.requests("InitiateMultipartUpload")).toBe(0);
  });

  it("an object that is not there, and a copy without a region", async () => {
    expect(await failure(`cos://${BUCKET}/none`)).toMatchObject({ permanent: true });
    const { region: _, ...context } = rig.context;
    const entry = { source: `cos://${BUCKET}/none`, key: "x" };
    await expect(transferSmall(context, entry, first)).rejects.toThrow(/^region: must be given/);
  });
});
