import { describe, expect, test } from "vitest";
import { decodeCheckpoint, keptHeaders } from "../../src/upload/checkpoint-codec.ts";
import { checkpointOf } from "../support/resume-rig.ts";

const MB = 1024 * 1024;
const part = (partNumber: number, more: object = {}) => ({ partNumber, etag: "a", crc64: "1", ...more });
const decode = (changes: object) =>
  decodeCheckpoint(JSON.stringify({ ...checkpointOf("upload-1"), ...changes }));

describe("limits of a checkpoint", () => {
  test.each<[string, object]>([
    ["of nothing, with one empty part", { size: 0, partSize: MB, parts: [part(1)] }],
    ["with the last part of a whole number", { size: 3 * MB, partSize: MB, parts: [part(3)] }],
    ["with the last part of a fraction", { size: 3 * MB + 1, partSize: MB, parts: [part(4)] }],
    ["with part 10 000", { size: 10_000 * MB, partSize: MB, parts: [part(10_000)] }],
    ["with the largest CRC64", { parts: [part(1, { crc64: "18446744073709551615" })] }],
    ["with an ETag that is empty", { parts: [part(1, { etag: "" })] }],
    ["with a pair of surrogates", { Key: "😀" }],
  ])("%s is one", (_, changes) => {
    expect(decode(changes)).toMatchObject(changes);
  });

  test.each<[string, object]>([
    ["of nothing, with a second part", { size: 0, partSize: MB, parts: [part(2)] }],
    ["with one part more than a whole number", { size: 3 * MB, partSize: MB, parts: [part(4)] }],
    ["with part 10 001", { size: 10_001 * MB, partSize: MB, parts: [part(10_001)] }],
    ["with one part of several beyond the end", { size: 3 * MB, partSize: MB, parts: [part(1), part(4)] }],
    ["with half a part number", { parts: [part(1.5)] }],
    ["with a part number as text", { parts: [{ ...part(1), partNumber: "1" }] }],
    ["with one bad part among good ones", { parts: [part(1), part(2, { crc64: "" })] }],
    ["with a CRC64 of 21 digits", { parts: [part(1, { crc64: "1".repeat(21) })] }],
    ["with a CRC64 that begins with a space", { parts: [part(1, { crc64: " 1" })] }],
    ["with a CRC64 that ends in a letter", { parts: [part(1, { crc64: "1n" })] }],
    ["with an ETag that is a number", { parts: [part(1, { etag: 1 })] }],
    ["with a part that is a list", { parts: [[]] }],
    ["with a part size below nothing", { partSize: -1 }],
    ["with a size as text", { size: "1" }],
    ["with headers that are null", { headers: null }],
    ["with one header of several that is a number", { headers: { a: "1", b: 1 } }],
    ...["Bucket", "Key", "UploadId", "fingerprint"].flatMap((name): [string, object][] => [
      [`with half a pair of surrogates in ${name}`, { [name]: "a\ud800" }],
      [`with nothing in ${name}`, { [name]: "" }],
      [`with a number in ${name}`, { [name]: 1 }],
    ]),
  ])("%s is none", (_, changes) => {
    expect(decode(changes)).toBeUndefined();
  });
});

test("keptHeaders() keeps what COS stores, without secrets and the caller's own headers", () => {
  const kept = {
    "content-type": "text/plain",
    "x-cos-server-side-encryption-customer-algorithm": "AES256",
    "x-cos-server-side-encryption-customer-key-md5": "U5L61r7jcwdNvT7frmUG8g==",
    "x-cos-meta-customer-key-of": "somebody",
    "content-language": "en",
    "cache-control": "no-cache",
    expires: "0",
  };
  const others = {
    "x-amz-meta-customer-key": "not COS's",
    "x-api-key": "a gateway's",
    traceparent: "another for each call",
    "content-md5": "U5L61r7jcwdNvT7frmUG8g==",
    "content-length": "5",
  };
  const secret = {
    "x-cos-server-side-encryption-customer-key": "MDEyMzQ1Njc4OUFCQ0RFRg==",
    "x-cos-copy-source-server-side-encryption-customer-key": "MDEyMzQ1Njc4OUFCQ0RFRg==",
    "x-cos-security-token": "a session's",
  };
  expect(keptHeaders({ ...secret, ...others, ...kept })).toEqual(kept);
});
