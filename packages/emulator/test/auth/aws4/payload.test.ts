import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { unsignedChunks } from "../../../src/auth/aws4/chunk-verifier.ts";
import { decodeChunks } from "../../../src/auth/aws4/chunked-body.ts";
import { exchangeS3, frame, type S3Ask, type SignatureChain, signS3 } from "../../aws4-requests.ts";
import { type Rig, startRig, type TestResponse } from "../../rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.stop());

const SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
const SIGNED_TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
const UNSIGNED_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
const TRAILER = "x-amz-checksum-crc32:AAAAAA==";
const PARTS = ["hello ", "chunked ", "world"];
const CONTENT = PARTS.join("");

const send = (ask: S3Ask, body?: (chain: SignatureChain) => string | Uint8Array): Promise<TestResponse> => {
  const signed = signS3(ask, rig.nowMs);
  return exchangeS3(rig.port, ask, signed, body?.(signed.chain) ?? ask.body);
};
const read = (path: string) => send({ method: "GET", path });

/** A PUT of CONTENT in chunks. */
function streamed(path: string, payloadHash: string, headers: Record<string, string> = {}): S3Ask {
  const length = String(CONTENT.length);
  const own = { "content-encoding": "aws-chunked", "x-amz-decoded-content-length": length };
  const trailer = payloadHash.endsWith("TRAILER") ? { "x-amz-trailer": "x-amz-checksum-crc32" } : {};
  return { method: "PUT", path, payloadHash, headers: { ...own, ...trailer, ...headers } };
}

describe("x-amz-content-sha256", () => {
  test("a digest is verified, and a wrong body leaves nothing behind", async () => {
    const ask = { method: "PUT", path: "/digest", body: "right" };
    expect((await send(ask)).status).toBe(200);
    const before = await rig.dataFiles();
    const response = await send(ask, () => "wrong");
    expect([response.status, response.code]).toEqual([400, "XAmzContentSHA256Mismatch"]);
    expect((await read("/digest")).text).toBe("right");
    expect(await rig.dataFiles()).toEqual(before);
  });

  test("UNSIGNED-PAYLOAD is not verified", async () => {
    const ask = { method: "PUT", path: "/unsigned", payloadHash: "UNSIGNED-PAYLOAD" };
    expect((await send(ask, () => "anything")).status).toBe(200);
    expect((await read("/unsigned")).text).toBe("anything");
  });

  test("a missing one is refused", async () => {
    const signed = signS3({ method: "GET", path: "/digest" }, rig.nowMs);
    const { "x-amz-content-sha256": _, ...headers } = signed.headers;
    const response = await exchangeS3(rig.port, { method: "GET", path: "/digest" }, { ...signed, headers });
    expect([response.status, response.code]).toEqual([400, "InvalidRequest"]);
  });

  test("a document is verified, too", async () => {
    const body = "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>";
    const ask = { method: "PUT", path: "/digest", query: { tagging: "" }, body };
    expect((await send(ask, () => body.replace("b<", "c<"))).code).toBe("XAmzContentSHA256Mismatch");
    expect((await send(ask)).status).toBe(200);
  });
});

describe("aws-chunked", () => {
  test.each([
    ["signed chunks", SIGNED, (chain: SignatureChain) => frame(PARTS, chain)],
    ["signed chunks and trailer", SIGNED_TRAILER, (chain: SignatureChain) => frame(PARTS, chain, [TRAILER])],
    ["unsigned chunks and trailer", UNSIGNED_TRAILER, () => frame(PARTS, undefined, [TRAILER])],
  ])("%s are stored without their framing", async (_, payloadHash, body) => {
    const response = await send(
      streamed("/framed", payloadHash, { "content-encoding": "gzip, aws-chunked" }),
      body,
    );
    expect(response.status).toBe(200);
    const stored = await read("/framed");
    expect(stored.text).toBe(CONTENT);
    expect(stored.headers["content-encoding"]).toBe("gzip");
    await send(streamed("/framed", payloadHash), body);
    expect((await read("/framed")).headers).not.toHaveProperty("content-encoding");
  });

  test("a part", async () => {
    const started = await send({ method: "POST", path: "/parts", query: { uploads: "" } });
    const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(started.text)?.[1] ?? "";
    const part = { ...streamed("/parts", SIGNED), query: { partNumber: "1", uploadId } };
    const stored = await send(part, (chain) => frame(PARTS, chain));
    expect([stored.status, stored.headers.etag]).toEqual([200, expect.stringMatching(/^"[0-9a-f]{32}"$/)]);
    const listed = await send({ method: "GET", path: "/parts", query: { uploadId } });
    expect(listed.text).toContain(`<Size>${CONTENT.length}</Size>`);
  });

  const broken: readonly [string, string, string, (chain: SignatureChain) => string | Uint8Array][] = [
    [
      "a changed byte",
      SIGNED,
      "SignatureDoesNotMatch",
      (chain) => String(frame(PARTS, chain)).replace("world", "w0rld"),
    ],
    [
      "chunks in another order",
      SIGNED,
      "SignatureDoesNotMatch",
      (chain) => swap(String(frame(PARTS, chain))),
    ],
    ["chunks without signatures", SIGNED, "SignatureDoesNotMatch", () => frame(PARTS)],
    [
      "a missing last chunk",
      SIGNED,
      "IncompleteBody",
      (chain) => String(frame(PARTS, chain)).replace(/0;chunk.*$/s, ""),
    ],
    [
      "a wrong size",
      UNSIGNED_TRAILER,
      "IncompleteBody",
      () => String(frame(PARTS, undefined, [TRAILER])).replace("8\r", "7\r"),
    ],
    ["a huge size", UNSIGNED_TRAILER, "IncompleteBody", () => `fffffffffffff\r\n${CONTENT}`],
    ["no size", UNSIGNED_TRAILER, "IncompleteBody", () => CONTENT],
    [
      "more than announced",
      UNSIGNED_TRAILER,
      "IncompleteBody",
      () => frame([...PARTS, "!"], undefined, [TRAILER]),
    ],
    [
      "less than announced",
      UNSIGNED_TRAILER,
      "IncompleteBody",
      () => frame(["hello "], undefined, [TRAILER]),
    ],
    ["a second body", UNSIGNED_TRAILER, "IncompleteBody", () => `${frame(PARTS, undefined, [TRAILER])}more`],
    ["a missing trailer", UNSIGNED_TRAILER, "MalformedTrailerError", () => frame(PARTS)],
    [
      "another trailer",
      UNSIGNED_TRAILER,
      "MalformedTrailerError",
      () => frame(PARTS, undefined, [TRAILER.replace("crc32", "sha1")]),
    ],
    [
      "a trailer that was not announced",
      SIGNED,
      "MalformedTrailerError",
      (chain) => frame(PARTS, chain, [TRAILER]),
    ],
    [
      "a changed trailer",
      SIGNED_TRAILER,
      "SignatureDoesNotMatch",
      (chain) => String(frame(PARTS, chain, [TRAILER])).replace("AAAA", "AAAB"),
    ],
    [
      "a trailer without a signature",
      SIGNED_TRAILER,
      "SignatureDoesNotMatch",
      (chain) => String(frame(PARTS, chain, [TRAILER])).replace(/x-amz-trailer-signature.*\r\n/, ""),
    ],
  ];
  test.each(broken)("with %s is refused, and leaves nothing behind", async (_, payloadHash, code, body) => {
    const before = await rig.dataFiles();
    const response = await send(streamed("/refused", payloadHash), body);
    expect(response.code).toBe(code);
    expect((await read("/refused")).status).toBe(404);
    expect(await rig.dataFiles()).toEqual(before);
  });

  test("of less than announced is refused without a Content-Length, too", async () => {
    const rules = { length: 7, verifier: unsignedChunks(), trailerNames: [], trailersSigned: false };
    const read = async (): Promise<void> => {
      for await (const _ of decodeChunks(once(frame(["hello "])), rules));
    };
    await expect(read()).rejects.toMatchObject({ code: "IncompleteBody" });
  });

  test("without the length of the content is refused", async () => {
    const { "x-amz-decoded-content-length": _, ...headers } = streamed("/x", SIGNED).headers ?? {};
    const response = await send({ ...streamed("/x", SIGNED), headers }, (chain) => frame(PARTS, chain));
    expect([response.status, response.code]).toEqual([411, "MissingContentLength"]);
  });
});

/** Exchanges the first two chunks. */
function swap(text: string): string {
  const [first = "", second = "", ...rest] = text.split(/(?<=(?:hello|chunked) \r\n)/);
  return [second, first, ...rest].join("");
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
