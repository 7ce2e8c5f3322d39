import { describe, expect, test } from "vitest";
import type { CosClient } from "../../src/client.ts";
import { checkParameters, type Method } from "../../src/params/table.ts";
import { caught, thrown } from "../support/caught.ts";
import { Bucket, clientOf, Key } from "../support/client.ts";
import { METHODS } from "../support/methods.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { scriptedWire } from "../support/wire.ts";

const source = { Bucket, Key: "source", Region: "ap-guangzhou" };
const Body = "content";

/** A call of each method that would be sent. */
const VALID = {
  putObject: { Bucket, Key, Body },
  putObjectFromLocalFile: { Bucket, Key, LocalFilePath: "a" },
  appendObject: { Bucket, Key, Position: 0, Data: Body },
  headObject: { Bucket, Key },
  getObject: { Bucket, Key },
  deleteObject: { Bucket, Key },
  listMultipartUploads: { Bucket },
  createMultipartUpload: { Bucket, Key },
  uploadPart: { Bucket, Key, UploadId: "u", PartNumber: 1, Body },
  uploadPartCopy: { Bucket, Key, UploadId: "u", PartNumber: 1, CopySource: source },
  listParts: { Bucket, Key, UploadId: "u" },
  completeMultipartUpload: {
    Bucket,
    Key,
    UploadId: "u",
    MultipartUpload: { Part: [{ PartNumber: 1, ETag: "e" }] },
  },
  abortMultipartUpload: { Bucket, Key, UploadId: "u" },
  copyObject: { Bucket, Key, CopySource: source },
  uploadFile: { Bucket, Key, Body },
  uploadDirectory: { Bucket, LocalDirectoryPath: "a" },
  getPresignedUrl: { Bucket, Key, Method: "GET" },
  getObjectTagging: { Bucket, Key },
  putObjectTagging: { Bucket, Key, TagSet: [{ Key: "k", Value: "v" }] },
};
type MethodName = keyof typeof VALID;

const LINE_BREAK = "a\r\nx-cos-acl: public-read";
const header = [5, LINE_BREAK, "naïve", {}, null];
const flag = ["true", 1, null];
const callback = ["f", {}, null];

/** What no method accepts for a parameter of this name. */
const BAD: Readonly<Record<string, readonly unknown[]>> = {
  Bucket: [
    "",
    "noappid",
    "Upper-125",
    "-a-125",
    "a_b-125",
    `${"a".repeat(60)}-125`,
    "a-125/",
    "a-125\n",
    5,
    null,
  ],
  Key: ["", "/a", "a/..", "a\ud800", "k".repeat(851), 5, null],
  signal: [true, {}, { aborted: false }, "abort", null],
  Body: [5, null, true, {}, []],
  Data: [5, null, {}],
  LocalFilePath: [5, "", null, {}],
  UploadId: ["", "a b", "ü", 5, null],
  PartNumber: [0, 10_001, 1.5, -1, "0", "1e3", "x", Number.NaN, null, {}],
  Position: [-1, 1.5, "x", 6 * 1024 ** 3, null],
  ContentLength: [-1, 1.5, "x", 60 * 1024 ** 4, Number.POSITIVE_INFINITY, null],
  sourceIdleMs: [0, -1, 1.5, 2 ** 31, "1s", null],
  ContentMD5: ["abc", "XrY7u+Ae7tCTyyK7j1rNww=", "5eb63bbbe01eeed093cb22bb8f5acdc3", 5, null],
  EnableMD5: flag,
  TrafficLimit: [819_199, 838_860_801, "1", "fast", 1_000_000.5, null],
  PartSize: [0, 5121, 1.5, "x", null],
  MAXThread: [0, 1001, 2.5, "x", null],
  onProgress: callback,
  onWarning: callback,
  onFile: callback,
  contentType: callback,
  checkpoints: ["file", [], null, {}, { load() {}, save() {}, remove() {} }],
  resume: ["yes", true, "", null],
  skip: ["always", true, "", null],
  refuseSymlinks: flag,
  inferContentType: flag,
  ACL: ["public", "PRIVATE", 5, null],
  GrantFullControl: header,
  GrantRead: header,
  StorageClass: ["standard", "A B", "", 5, null],
  Expires: header,
  CacheControl: header,
  ContentType: header,
  ContentDisposition: header,
  ContentEncoding: header,
  ContentLanguage: header,
  Metadata: [
    "a",
    [],
    null,
    { a: "b" },
    { "x-cos-meta-a_b": "b" },
    { "x-cos-meta-a": 5 },
    { "x-cos-meta-a": "x".repeat(2049) },
    { "x-cos-meta-a": "\ud800" },
  ],
  ForbidOverwrite: flag,
  Tagging: header,
  headers: [
    "a",
    null,
    { "a b": "c" },
    { a: 5 },
    { a: LINE_BREAK },
    { Authorization: "x" },
    { host: "x" },
    { "Content-Length": "1" },
    { "x-cos-security-token": "t" },
  ],
  IfMatch: header,
  IfNoneMatch: header,
  IfModifiedSince: header,
  IfUnmodifiedSince: header,
  CopySourceIfMatch: header,
  CopySourceIfNoneMatch: header,
  CopySourceIfModifiedSince: header,
  CopySourceIfUnmodifiedSince: header,
  VersionId: [5, null, "\ud800"],
  Range: ["0-1", "bytes=", "bytes=-", "bytes=a-b", 5, null],
  Prefix: [5, null, "\udc00"],
  Delimiter: [5, null, "\ud800"],
  KeyMarker: [5, null, "\ud800"],
  UploadIdMarker: [5, null],
  MaxUploads: [0, 1001, "x", null],
  MaxParts: [0, 1001, "x", null],
  PartNumberMarker: [-1, 10_001, "x", null],
  EncodingType: ["URL", 5, null],
  CopySource: ["a", null, {}, { ...source, Region: "" }, { ...source, Extra: 1 }],
  CopySourceRange: ["0-1", "bytes=5-1", 5, null],
  MultipartUpload: [
    "a",
    null,
    [],
    {},
    { Part: [] },
    { Part: [null] },
    { Part: [{ PartNumber: 1 }] },
    { Part: [{ PartNumber: 0, ETag: "e" }] },
    {
      Part: [
        { PartNumber: 2, ETag: "e" },
        { PartNumber: 1, ETag: "e" },
      ],
    },
    {
      Part: [
        { PartNumber: 1, ETag: "e" },
        { PartNumber: 1, ETag: "e" },
      ],
    },
  ],
  LocalDirectoryPath: [5, null],
  include: ["*.txt", [5], [""], null],
  exclude: ["*.txt", [5], [""], null],
  followSymlinks: flag,
  concurrency: [0, 1001, 1.5, null],
  Method: ["PATCH", "get", 5, null],
  Expired: [0, -1, 1.5, 31_536_001, "x", null],
  Params: ["a", null, [], { a: 5 }, { a: "\ud800" }],
  Headers: ["a", null, [], { a: 5 }, { a: "\ud800" }],
  SignHost: flag,
  TagSet: [
    "a=b",
    null,
    {},
    [null],
    [{ Key: "", Value: "" }],
    [{ Key: "k", Value: 5 }],
    [{ Key: "k".repeat(128), Value: "" }],
    [{ Key: "k", Value: "v".repeat(256) }],
    [{ Key: "k", Value: "a\u0000" }],
    Array.from({ length: 11 }, (_, index) => ({ Key: `k${index}`, Value: "" })),
  ],
};

function unsentClient(): { cos: CosClient; sent: readonly unknown[] } {
  const clock = new VirtualClock();
  const wire = scriptedWire(clock, []);
  return { cos: clientOf(wire.runtime, clock), sent: wire.sent };
}

async function refusalOf(method: MethodName, parameters: object): Promise<unknown> {
  // Directories belong to the adapters; core checks their parameters with the same table.
  if (method === "uploadDirectory") return thrown(() => checkParameters(methodOf(method), parameters));
  const { cos, sent } = unsentClient();
  const call = cos[method].bind(cos) as (parameters: object) => Promise<unknown>;
  const error = await caught(call(parameters));
  expect(sent).toHaveLength(0);
  return error;
}

function methodOf(name: MethodName): Method {
  const method = METHODS.get(name);
  if (method === undefined) throw new Error(`no method ${name}`);
  return method;
}

const methods = Object.keys(VALID) as MethodName[];

test("there is a valid call of every method", () => {
  expect(methods.toSorted()).toEqual([...METHODS.keys()].toSorted());
});

test("there is a bad value for every parameter of every method", () => {
  const names = new Set(methods.flatMap((method) => Object.keys(methodOf(method).parameters)));
  expect([...names].filter((name) => !(name in BAD))).toEqual([]);
});

describe.each(methods)("%s()", (method) => {
  const names = Object.keys(methodOf(method).parameters);

  test.each(names)("refuses what %s cannot be, naming it and what is accepted", async (name) => {
    for (const value of BAD[name] ?? []) {
      const error = await refusalOf(method, { ...VALID[method], [name]: value });
      const label = `${name} = ${String(JSON.stringify(value))}: ${String(error)}`;
      expect(error instanceof TypeError || error instanceof RangeError, label).toBe(true);
      expect((error as Error).message, label).toMatch(new RegExp(`^${name}\\b.*: .{8,}`));
    }
  });

  const table = methodOf(method).parameters;
  const required = names.filter((name) => table[name]?.required);

  test.each(required)("refuses to do without %s", async (name) => {
    const error = await refusalOf(method, { ...VALID[method], [name]: undefined });
    expect(error).toMatchObject({ name: "TypeError", parameter: name });
    expect((error as Error).message).toContain(`is required by ${method}`);
  });

  test("refuses a parameter that it does not know, and lists those that it does", async () => {
    for (const name of ["bucket", "Kye", "constructor", "toString"]) {
      const error = await refusalOf(method, { ...VALID[method], [name]: "x" });
      expect(error).toMatchObject({ name: "TypeError", parameter: name });
      for (const known of names) expect((error as Error).message).toContain(known);
    }
  });

  test.each([undefined, null, "Key", 5])("refuses %s in place of parameters", async (parameters) => {
    const error = await refusalOf(method, parameters as unknown as object);
    expect(error).toMatchObject({ name: "TypeError", parameter: "parameters" });
  });
});

test("uploadFile() takes exactly one of LocalFilePath and Body", async () => {
  for (const parameters of [
    { Bucket, Key },
    { Bucket, Key, Body, LocalFilePath: "a" },
  ]) {
    expect(String(await refusalOf("uploadFile", parameters))).toContain("exactly one of them");
  }
});

test.each(["uploadFile", "putObject"] as const)(
  "%s() refuses a ContentLength that is not the body's",
  async (method) => {
    const error = await refusalOf(method, { Bucket, Key, Body, ContentLength: 8 });
    expect(error).toMatchObject({ name: "RangeError", parameter: "ContentLength" });
    expect((error as Error).message).toContain("7 bytes");
  },
);

test("putObjectFromLocalFile() says when the runtime has no files", async () => {
  expect(String(await refusalOf("putObjectFromLocalFile", { Bucket, Key, LocalFilePath: "a" }))).toContain(
    "the test runtime has no files",
  );
});
