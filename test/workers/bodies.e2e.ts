import { beforeAll, describe, expect, test } from "vitest";
import { crc64Of } from "../fixtures/crc64.ts";
import { ask, pattern, stored, unfinished } from "./objects.ts";
import { cos, useProbe, worker } from "./probe.ts";
import { MiB } from "./rig.ts";

useProbe();

const SMALL = pattern(300_001, 2);
const LARGE = pattern(25 * MiB + 17, 3);

describe("a body arrives whole, with the right CRC64", () => {
  test.each([
    ["a request of known length", "request", SMALL, 1],
    ["a large request, in parts", "request", LARGE, 4],
    ["a request's stream, of unknown length", "stream", SMALL, 1],
    ["a large stream of unknown length", "stream", LARGE, 4],
    ["bytes in memory", "bytes", SMALL, 1],
    ["large bytes in memory", "bytes", LARGE, 4],
    ["putObject of a request", "put", SMALL, 1],
    ["putObject of a large request", "put", LARGE, 4],
    ["an empty request", "request", new Uint8Array(0), 1],
  ] as const)("%s", async (name, call, body, parts) => {
    const key = `bodies/${name}`;
    const { result, error } = await ask(worker, `${call}?key=${encodeURIComponent(key)}`, body);
    expect(error).toBeUndefined();
    const crc64 = await crc64Of([body]);
    expect(result).toMatchObject({ size: body.length, crc64, partsSent: parts });
    expect(await stored(cos, key)).toEqual({ size: body.length, crc64 });
  });

  test("a stream whose length the caller declares", async () => {
    const { result } = await ask(worker, `stream?key=declared&length=${LARGE.length}`, LARGE);
    expect(result).toMatchObject({ size: LARGE.length, crc64: await crc64Of([LARGE]) });
  });

  test("with MD5, checked by COS as Content-MD5", async () => {
    const headers: (string | undefined)[] = [];
    cos.interfere((call, next) => {
      if (call.operation === "UploadPart") headers.push(call.header("content-md5"));
      return next();
    });
    const { result } = await ask(worker, "request?key=md5&md5=1", LARGE);
    cos.interfere(undefined);
    expect(result?.crc64).toBe(await crc64Of([LARGE]));
    expect(headers).toHaveLength(4);
    for (const header of headers) expect(header).toMatch(/^[\w+/]{22}==$/);
  });

  test("a file of a form", async () => {
    const form = new FormData();
    form.set("file", new File([LARGE], "photo.jpg"));
    const { result } = await ask(worker, "form?key=form", form);
    expect(result).toMatchObject({ size: LARGE.length, crc64: await crc64Of([LARGE]) });
  });

  test("a text of a form", async () => {
    const form = new FormData();
    form.set("file", "grüße");
    const { result } = await ask(worker, "form?key=text", form);
    expect(result).toMatchObject({ size: 7 });
  });

  test("the response of another server", async () => {
    await (await worker.r2()).put("served", SMALL);
    const source = encodeURIComponent(`http://127.0.0.1:${worker.url.port}/nothing-there`);
    const { result } = await ask(worker, `response?key=response&url=${source}`);
    const text = await (await worker.fetch("nothing-there")).arrayBuffer();
    expect(result?.size).toBe(text.byteLength);
  });

  test("a stream made in JavaScript", async () => {
    const { result } = await ask(worker, "made?key=made&chunks=400");
    expect(result).toMatchObject({ size: 400 * 65_536, partsSent: 4 });
    expect((await stored(cos, "made"))?.crc64).toBe(result?.crc64);
  });
});

describe("an R2 object", () => {
  beforeAll(async () => {
    const r2 = await worker.r2();
    await r2.put("large", LARGE);
    await r2.put("small", SMALL);
    await r2.put("empty", new Uint8Array(0));
  });

  test.each([
    ["small", SMALL, 1, 4],
    ["large", LARGE, 4, 12],
    ["empty", new Uint8Array(0), 1, 3],
  ] as const)("%s, by range", async (from, bytes, parts, subrequests) => {
    const outcome = await ask(worker, `r2?key=r2-${from}&from=${from}`);
    expect(outcome.result).toMatchObject({
      size: bytes.length,
      crc64: await crc64Of([bytes]),
      partsSent: parts,
    });
    // R2: a head, a read per part, a final head. COS: the parts, Initiate and Complete.
    expect(outcome.subrequests).toBe(subrequests);
  });

  test("that was fetched already, as a stream of known length", async () => {
    const { result } = await ask(worker, "r2Body?key=r2-body&from=large");
    expect(result).toMatchObject({ size: LARGE.length, crc64: await crc64Of([LARGE]) });
  });

  test("of which a range was fetched", async () => {
    const { result } = await ask(worker, "r2Body?key=r2-range&from=large&offset=1000");
    expect(result).toMatchObject({ size: LARGE.length - 1000, crc64: await crc64Of([LARGE.subarray(1000)]) });
  });

  test("that is replaced during the upload is not published, and its parts are aborted", async () => {
    await (await worker.r2()).put("moving", LARGE);
    const { error } = await ask(worker, "r2Replaced?key=replaced&from=moving");
    expect(error).toMatchObject({ name: "SourceError", code: "source-changed" });
    expect(await stored(cos, "replaced")).toBeUndefined();
    expect(await unfinished(cos)).toBe(0);
  });

  test("that is not there", async () => {
    const { error } = await ask(worker, "r2?key=x&from=missing");
    expect(error).toMatchObject({ name: "SourceError", code: "source-unreadable" });
    expect(error?.message).toContain("missing");
    expect(cos.calls).toHaveLength(0);
  });
});

describe("what cannot be uploaded is refused before anything is sent", () => {
  test.each([
    ["an R2 object without its body", "r2Head?key=x&from=small", "Body", "{ r2: bucket, key }"],
    ["a missing R2 binding", "badR2?key=x", "Body", "R2 binding"],
    ["a locked stream", "locked?key=x", "Body", "locked"],
    ["a request that was read", "used?key=x", "Body", "was read before"],
    ["a path", "path?key=x", "LocalFilePath", "no files"],
    ["a key that no URL can express", `bytes?key=${encodeURIComponent("a/..")}`, "Key", ".."],
    ["a wrong length", "bytes?key=x&length=5", "ContentLength", "is 5"],
    ["a subrequest budget that is none", "bytes?key=x&budget=3", "subrequestBudget", "at least 8"],
    ["a memory budget that is none", "bytes?key=x&memory=3", "memoryBudget", "1048576"],
  ])("%s", async (_name, path, parameter, words) => {
    if (path.startsWith("r2Head")) await (await worker.r2()).put("small", SMALL);
    const { error } = await ask(worker, path, SMALL);
    expect(["TypeError", "RangeError"]).toContain(error?.name);
    expect(error?.parameter).toBe(parameter);
    expect(error?.message).toContain(words);
    expect(cos.calls).toHaveLength(0);
  });
});
