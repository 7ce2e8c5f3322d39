import { utimesSync, writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  abortLarge,
  completeLarge,
  type LargeUpload,
  openUploads,
  type PartResult,
  type TransferContext,
  transferRange,
} from "../../src/transfer/index.ts";
import { type FileServer, serveFile } from "../support/file-server.ts";
import { BUCKET, bytesOf, crc64Of, failure, MIB, openRig, type Rig } from "../support/rig.ts";
import { beginLarge, range } from "./large-upload.ts";

/** 18 parts of 1 MiB: two ranges. */
const bytes = bytesOf("large", 17 * MIB + 12_345);

let rig: Rig;
let server: FileServer;
let context: TransferContext;

beforeAll(async () => {
  rig = await openRig();
});
beforeEach(async () => {
  await rig.emulator.reset();
  rig.middleware = undefined;
  rig.emulator.faults.remove("default");
  context = rig.context;
  server = await serveFile({ bytes, etag: '"one"' });
});
afterEach(() => server.close());
afterAll(() => rig.close());

const begin = (source: string, key?: string): Promise<LargeUpload> => beginLarge(context, source, key);

describe.each(["file", "http", "cos"] as const)("a large object of a %s source", (kind) => {
  const sourceOf = async (): Promise<string> => {
    if (kind === "file") return rig.file("large", bytes);
    if (kind === "http") return server.url;
    await rig.cos.putObject({ Bucket: BUCKET, Key: "from", Body: bytes });
    return `cos://${BUCKET}/from`;
  };

  it("is stored by ranges in any order, and verified by the CRC64 of all parts", async () => {
    const upload = await begin(await sourceOf());
    expect(upload.facts).toMatchObject({ kind, size: bytes.length });
    expect(upload.plan).toEqual({
      partSize: MIB,
      partCount: 18,
      ranges: [
        { from: 1, to: 16 },
        { from: 17, to: 18 },
      ],
    });
    const second = await transferRange(context, range(upload, 1));
    expect(second.map(({ partNumber, size, sent }) => [partNumber, size, sent])).toEqual([
      [17, MIB, true],
      [18, 12_345, true],
    ]);
    const first = await transferRange(context, range(upload, 0, { isRepeat: false }));
    const result = await completeLarge(context, { ...upload, parts: [...second, ...first] });
    expect(result).toMatchObject({
      key: "large.bin",
      size: bytes.length,
      crc64: await crc64Of(bytes),
      sent: true,
    });
    const stored = await rig.cos.headObject({ Bucket: BUCKET, Key: "large.bin" });
    expect(stored).toMatchObject({ ETag: result.etag, ContentType: "video/mp4", crc64: result.crc64 });
    expect(stored.headers["cache-control"]).toBe("no-cache");
    expect(await openUploads(context, "large.bin")).toEqual([]);
    expect((await rig.read("large.bin")).equals(bytes)).toBe(true);
    if (kind === "http") expect(server.requests[0]).toBe("GET bytes=0-0");
  });

  it("has each part stored once when a range runs again with its ledger", async () => {
    const upload = await begin(await sourceOf());
    const recorded: PartResult[] = [];
    const parts = await transferRange(
      context,
      range(upload, 0, { onPart: (part) => void recorded.push(part) }),
    );
    expect([...recorded].sort((a, b) => a.partNumber - b.partNumber)).toEqual(parts);
    const again = await transferRange(context, range(upload, 0, { known: recorded }));
    expect(again).toEqual(parts.map((part) => ({ ...part, sent: false })));
    expect(rig.requests(kind === "cos" ? "UploadPartCopy" : "UploadPart")).toBe(16);
  });

  it("fails when the source has changed between two ranges, and not a part of it is sent", async () => {
    const upload = await begin(await sourceOf());
    await transferRange(context, range(upload, 0));
    const sent = rig.requests("UploadPart") + rig.requests("UploadPartCopy");
    const other = bytesOf("other", bytes.length);
    if (kind === "file") {
      const path = rig.file("large", other);
      utimesSync(path, 1000, 1000);
    } else if (kind === "http") Object.assign(server.file, { bytes: other, etag: '"two"' });
    else await rig.cos.putObject({ Bucket: BUCKET, Key: "from", Body: other });
    expect(await failure(transferRange(context, range(upload, 1)))).toMatchObject({
      code: "source-changed",
      permanent: true,
    });
    if (kind !== "cos") expect(rig.requests("UploadPart")).toBe(sent);
    await abortLarge(context, upload);
    await abortLarge(context, upload);
    expect(await openUploads(context, "large.bin")).toEqual([]);
  });
});

describe("transferRange()", () => {
  it("does not send again what COS holds and no ledger knows, unless the bytes differ", async () => {
    const upload = await begin(rig.file("large", bytes));
    const parts = await transferRange(context, range(upload, 1));
    // COS holds another part 18 of the same size.
    const Body = bytesOf("another", 12_345);
    const part = { Bucket: BUCKET, Key: "large.bin", UploadId: upload.uploadId, PartNumber: 18, Body };
    await rig.cos.uploadPart(part);
    const again = await transferRange(context, range(upload, 1));
    expect(again.map(({ sent }) => sent)).toEqual([false, true]);
    expect(again.map(({ crc64 }) => crc64)).toEqual(parts.map(({ crc64 }) => crc64));
    expect(rig.requests("UploadPart")).toBe(4);
  });

  it("sends again what a ledger knows and COS does not hold", async () => {
    const upload = await begin(rig.file("large", bytes));
    const known = (await transferRange(context, range(upload, 1))).map((part) => ({ ...part, etag: '"0"' }));
    const again = await transferRange(context, range(upload, 1, { known }));
    // The bytes are compared: COS holds them after all.
    expect(again.map(({ sent, etag }) => [sent, etag === '"0"'])).toEqual([
      [false, false],
      [false, false],
    ]);
  });

  it("may run twice at the same time", async () => {
    const upload = await begin(rig.file("large", bytes));
    const [one, two, rest] = await Promise.all([
      transferRange(context, range(upload, 0)),
      transferRange(context, range(upload, 0)),
      transferRange(context, range(upload, 1)),
    ]);
    expect(one.map(({ etag }) => etag)).toEqual(two.map(({ etag }) => etag));
    const result = await completeLarge(context, { ...upload, parts: [...two, ...rest] });
    expect(result.crc64).toBe(await crc64Of(bytes));
  });

  it("says that COS no longer knows the upload", async () => {
    const upload = await begin(rig.file("large", bytes));
    await abortLarge(context, upload);
    const gone = { code: "upload-gone", permanent: false };
    expect(await failure(transferRange(context, range(upload, 0)))).toMatchObject(gone);
    expect(await failure(transferRange(context, range(upload, 0, { isRepeat: false })))).toMatchObject(gone);
  });

  it("notices a file that changes while its range is read", async () => {
    const path = rig.file("large", bytes);
    const upload = await begin(path);
    rig.middleware = (call, next) => {
      if (call.operation === "UploadPart") writeFileSync(path, bytesOf("changed", bytes.length));
      return next();
    };
    expect(await failure(transferRange({ ...context, concurrency: 1 }, range(upload, 0)))).toMatchObject({
      code: "source-changed",
    });
  });

  it("reads a range of a URL again whose response breaks or is refused for a moment", async () => {
    const upload = await begin(server.url);
    Object.assign(server.file, { failures: [500, 503], breakAfter: 70_000 });
    const parts = await transferRange(context, range(upload, 1));
    const tail = await transferRange(context, range(upload, 0));
    const { crc64 } = await completeLarge(context, { ...upload, parts: [...parts, ...tail] });
    expect(crc64).toBe(await crc64Of(bytes));
  });

  it("takes a URL without ETag by its time and size", async () => {
    Object.assign(server.file, { etag: undefined, modified: "Mon, 30 Nov 2026 08:00:00 GMT" });
    const upload = await begin(server.url);
    await transferRange(context, range(upload, 1));
    server.file.modified = "Mon, 30 Nov 2026 08:00:01 GMT";
    expect(await failure(transferRange(context, range(upload, 0)))).toMatchObject({ code: "source-changed" });
    Object.assign(server.file, { modified: undefined, bytes: bytes.subarray(0, 3 * MIB) });
    expect(await failure(transferRange(context, range(upload, 1)))).toMatchObject({ code: "source-changed" });
  });

  it("takes the time and the size beside a weak ETag", async () => {
    Object.assign(server.file, { etag: 'W/"one"', modified: "Mon, 30 Nov 2026 08:00:00 GMT" });
    const upload = await begin(server.url);
    await transferRange(context, range(upload, 1));
    server.file.modified = "Mon, 30 Nov 2026 08:00:01 GMT";
    expect(await failure(transferRange(context, range(upload, 0)))).toMatchObject({ code: "source-changed" });
  });

  it("refuses a URL without ETag and Last-Modified, before anything is begun", async () => {
    server.file.etag = undefined;
    expect(await failure(begin(server.url))).toMatchObject({
      code: "source-without-version",
      permanent: true,
      message: /neither ETag nor Last-Modified/,
      hint: /download it first/,
    });
    expect(rig.requests("InitiateMultipartUpload")).toBe(0);
  });

  it("refuses a URL whose bytes are encoded, before and after its upload has begun", async () => {
    const upload = await begin(server.url);
    server.file.encoding = "gzip";
    const refusal = { code: "source-encoded", permanent: true, hint: /Content-Encoding: gzip$/ };
    expect(await failure(begin(server.url))).toMatchObject(refusal);
    expect(await failure(transferRange(context, range(upload, 0)))).toMatchObject(refusal);
    expect(rig.requests("UploadPart")).toBe(0);
  });

  it("names a server that ignores Range, before anything is begun", async () => {
    server.file.ignoresRange = true;
    const refusal = { code: "ranges-unsupported", permanent: true, hint: /download it first/ };
    expect(await failure(begin(server.url))).toMatchObject(refusal);
    server.file.hidesLength = true;
    expect(await failure(begin(server.url))).toMatchObject(refusal);
    expect(rig.requests("InitiateMultipartUpload")).toBe(0);
    server.file.ignoresRange = false;
    const upload = await begin(server.url);
    server.file.ignoresRange = true;
    expect(await failure(transferRange(context, range(upload, 0)))).toMatchObject(refusal);
  });

  it("stops when its signal aborts", async () => {
    const upload = await begin(rig.file("large", bytes));
    const stop = new AbortController();
    rig.middleware = (call, next) => {
      if (call.operation === "UploadPart") stop.abort(new Error("enough"));
      return next();
    };
    const aborted = { ...context, signal: stop.signal };
    await expect(transferRange(aborted, range(upload, 0))).rejects.toThrow(/^enough$/);
  });
});
