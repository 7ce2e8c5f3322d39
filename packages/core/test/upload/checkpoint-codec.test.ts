import { describe, expect, test } from "vitest";
import type { Checkpoint } from "../../src/upload/checkpoint.ts";
import {
  checkpointId,
  decodeCheckpoint,
  encodeCheckpoint,
  keptHeaders,
} from "../../src/upload/checkpoint-codec.ts";
import { Random } from "../support/random.ts";

const checkpoint: Checkpoint = {
  version: 1,
  Bucket: "examplebucket-1250000000",
  Key: "目录/exampleobject",
  UploadId: "1585130821cbb7df",
  size: 10 * 1024 * 1024 + 1,
  partSize: 1024 * 1024,
  fingerprint: "10485761:1700000000000",
  headers: { "content-type": "text/plain" },
  parts: [
    { partNumber: 1, etag: "0123456789abcdef0123456789abcdef", crc64: "18446744073709551615" },
    { partNumber: 11, etag: "kms-etag", crc64: "0" },
  ],
};

/** The invariants that the rest of the uploader relies on, written a second time. */
function expectSound(value: Checkpoint, label: string): void {
  const texts = [value.Bucket, value.Key, value.UploadId, value.fingerprint];
  expect(
    texts.every((text) => typeof text === "string" && text.length > 0),
    label,
  ).toBe(true);
  expect(value.version, label).toBe(1);
  expect(Number.isSafeInteger(value.size) && Number(value.size) >= 0, label).toBe(true);
  expect(Number.isSafeInteger(value.partSize) && value.partSize > 0, label).toBe(true);
  expect(
    Object.values(value.headers).every((header) => typeof header === "string"),
    label,
  ).toBe(true);
  const numbers = value.parts.map(({ partNumber }) => partNumber);
  expect(new Set(numbers).size, label).toBe(numbers.length);
  for (const { partNumber, etag, crc64 } of value.parts) {
    expect(Number.isInteger(partNumber) && partNumber >= 1 && partNumber <= 10_000, label).toBe(true);
    expect((partNumber - 1) * value.partSize <= Number(value.size), label).toBe(true);
    expect(typeof etag, label).toBe("string");
    expect(() => BigInt(crc64), label).not.toThrow();
  }
}

describe("a checkpoint", () => {
  test("is read as it was written", () => {
    expect(decodeCheckpoint(encodeCheckpoint(checkpoint))).toEqual(checkpoint);
  });

  test.each([
    [true, true],
    [false, true],
    ["no", false],
    [null, false],
  ])("whose part says %j of having been verified is read: %s", (verified, isRead) => {
    const parts = [{ partNumber: 1, etag: "a", crc64: "0", verified }];
    const text = JSON.stringify({ ...checkpoint, parts });
    expect(decodeCheckpoint(text)?.parts).toEqual(isRead ? parts : undefined);
  });

  test.each<[string, unknown]>([
    ["a future version", { ...checkpoint, version: 3, endpoint: "" }],
    ["version 2 without an endpoint", { ...checkpoint, version: 2 }],
    ["no version", { ...checkpoint, version: undefined }],
    ["a version as text", { ...checkpoint, version: "1" }],
    ["no upload", { ...checkpoint, UploadId: "" }],
    ["no key", { ...checkpoint, Key: 5 }],
    ["no bucket", { ...checkpoint, Bucket: undefined }],
    ["no fingerprint", { ...checkpoint, fingerprint: "" }],
    ["a negative size", { ...checkpoint, size: -1 }],
    ["a broken size", { ...checkpoint, size: 1.5 }],
    ["a size beyond counting", { ...checkpoint, size: 2 ** 60 }],
    ["parts of nothing", { ...checkpoint, partSize: 0 }],
    ["headers that are a list", { ...checkpoint, headers: [] }],
    ["a header that is a number", { ...checkpoint, headers: { a: 1 } }],
    ["parts that are no list", { ...checkpoint, parts: {} }],
    ["a part that is nothing", { ...checkpoint, parts: [null] }],
    ["part 0", { ...checkpoint, parts: [{ partNumber: 0, etag: "a", crc64: "1" }] }],
    ["a part beyond the end", { ...checkpoint, parts: [{ partNumber: 12, etag: "a", crc64: "1" }] }],
    ["a CRC64 that is none", { ...checkpoint, parts: [{ partNumber: 1, etag: "a", crc64: "-1" }] }],
    ["a CRC64 as a number", { ...checkpoint, parts: [{ partNumber: 1, etag: "a", crc64: 1 }] }],
    ["a part without ETag", { ...checkpoint, parts: [{ partNumber: 1, crc64: "1" }] }],
    [
      "one part twice",
      { ...checkpoint, parts: [1, 1].map((partNumber) => ({ partNumber, etag: "a", crc64: "1" })) },
    ],
    ["a list", [checkpoint]],
    ["null", null],
    ["a number", 5],
  ])("with %s is none", (_, value) => {
    expect(decodeCheckpoint(JSON.stringify(value))).toBeUndefined();
  });

  test.each(["", "{", "null", "undefined", '{"version":1', "\u0000", "[[[["])(
    "that reads %j is none",
    (text) => {
      expect(decodeCheckpoint(text)).toBeUndefined();
    },
  );

  test("after any of 20 000 mutations is valid or undefined, and never throws", () => {
    const random = new Random(20);
    const text = encodeCheckpoint(checkpoint);
    const words = [
      "null",
      "-1",
      "1e9",
      '""',
      "[]",
      "{}",
      '"__proto__"',
      "1.5",
      "true",
      "99999999999999999999",
    ];
    const mutate = (from: string): string => {
      const at = random.between(0, from.length);
      switch (random.between(0, 4)) {
        case 0:
          return from.slice(0, at);
        case 1:
          return from.slice(0, at) + String.fromCharCode(random.between(0, 255)) + from.slice(at + 1);
        case 2:
          return from.slice(0, at) + from.slice(at + random.between(1, 20));
        case 3:
          return from.slice(0, at) + from.slice(random.between(0, at), at) + from.slice(at);
        default:
          return from.replace(/(?<=:)("[^"]*"|\d+)/g, (value) =>
            random.next() < 0.2 ? random.pick(words) : value,
          );
      }
    };
    let survivors = 0;
    for (let round = 0; round < 20_000; round += 1) {
      let mutated = text;
      for (let hits = random.between(1, 3); hits > 0; hits -= 1) mutated = mutate(mutated);
      const decoded = decodeCheckpoint(mutated);
      if (decoded === undefined) continue;
      survivors += 1;
      expectSound(decoded, mutated);
    }
    expect(survivors).toBeGreaterThan(100);
  });
});

test("a checkpoint of version 2 may have more parts than its size needs: those of a stream may be shorter", () => {
  const parts = [{ partNumber: 12, etag: "a", crc64: "1" }];
  const value = { ...checkpoint, version: 2, endpoint: "", parts };
  expect(decodeCheckpoint(JSON.stringify(value))).toEqual(value);
});

test("keptHeaders() keeps what is stored with the object, and no secret", () => {
  const of = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, "any"]));
  const kept = of([
    "content-type",
    "content-encoding",
    "content-length-unit",
    "content-md5-of",
    "cache-control",
    "expires",
    "x-cos-acl",
    "x-cos-meta-a",
    "x-cos-security-token-kind",
    "x-cos-server-side-encryption-customer-key-md5",
    "content-x-cos-security-token",
  ]);
  const left = of([
    "content-length",
    "content-md5",
    "x-content-type",
    "cache-controls",
    "x-gateway-key",
    "x-cos-security-token",
    "x-cos-server-side-encryption-customer-key",
    "x-cos-copy-source-server-side-encryption-customer-key",
  ]);
  expect(keptHeaders({ ...kept, ...left })).toEqual(kept);
});

test("checkpointId() is short, lower-case hex, and different for every object", async () => {
  const ids = await Promise.all(
    [
      ["a-1", "b"],
      ["a-1", "c"],
      ["a-2", "b"],
      ["a-1", "b\n"],
    ].map(([bucket = "", key = ""]) => checkpointId(bucket, key)),
  );
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(new Set(ids).size).toBe(4);
  expect(await checkpointId("a-1", "b")).toBe(ids[0]);
});
