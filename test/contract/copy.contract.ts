import { IntegrityError, ServiceError } from "@cosup/core";
import type { ContractCase, Rig } from "./contract.ts";
import { MB, noise, textBytes } from "./fixtures/bytes.ts";
import { refuses, respondsWith, respondsWithHeaders, Script } from "./fixtures/faults.ts";
import { quickClock } from "./fixtures/quick-clock.ts";
import { expectAbsent, expectStored, openUploads } from "./fixtures/stored.ts";
import { crc64 } from "./reference/crc64.ts";

async function sourceOf(rig: Rig, bytes: Uint8Array, name = "source", Bucket = rig.Bucket) {
  const Key = rig.uniqueKey(name);
  await rig.client.putObject({ Bucket, Key, Body: bytes, ContentType: "text/x-source" });
  return { Bucket, Key, Region: rig.Region };
}

const whole: readonly ContractCase[] = [
  {
    name: "copyObject() copies a small object in one request, with its headers",
    run: async (t, rig) => {
      const { Bucket, client } = rig;
      const bytes = noise(2000);
      const CopySource = await sourceOf(rig, bytes, "source 中 +&?");
      const Key = rig.uniqueKey("copy");
      const result = await client.copyObject({ Bucket, Key, CopySource });
      t.equal(result.partsCopied, 1, "partsCopied");
      t.equal(result.size, bytes.length, "size");
      t.equal(result.crc64, crc64(bytes), "crc64");
      t.equal(result.Key, Key, "Key");
      await expectStored(t, rig, Key, bytes);
      t.equal((await client.headObject({ Bucket, Key })).ContentType, "text/x-source", "ContentType");
    },
  },
  {
    name: "copyObject() copies an empty object",
    run: async (t, rig) => {
      const { Bucket, client } = rig;
      const CopySource = await sourceOf(rig, noise(0));
      const Key = rig.uniqueKey("copy");
      t.equal((await client.copyObject({ Bucket, Key, CopySource })).size, 0, "size");
      await expectStored(t, rig, Key, noise(0));
    },
  },
  {
    name: "copyObject() copies from one bucket into another",
    run: async (t, rig) => {
      const { client, otherBucket } = rig;
      const bytes = noise(77);
      const CopySource = await sourceOf(rig, bytes);
      const Key = rig.uniqueKey("copy");
      await client.copyObject({ Bucket: otherBucket, Key, CopySource });
      await expectStored(t, rig, Key, bytes, otherBucket);
    },
  },
  {
    name: "copyObject() with headers replaces the source's",
    run: async (t, rig) => {
      const { Bucket, client } = rig;
      const CopySource = await sourceOf(rig, textBytes("x"));
      const Key = rig.uniqueKey("copy");
      const Metadata = { "x-cos-meta-new": "1" };
      await client.copyObject({ Bucket, Key, CopySource, ContentType: "text/x-copy", Metadata });
      const head = await client.headObject({ Bucket, Key });
      t.equal(head.ContentType, "text/x-copy", "ContentType");
      t.deepEqual(head.Metadata, Metadata, "Metadata");
    },
  },
  {
    name: "copyObject() of a missing source is not found",
    run: async (t, rig) => {
      const { Bucket, client, Region } = rig;
      const Key = rig.uniqueKey("copy");
      const CopySource = { Bucket, Key: rig.uniqueKey("nothing"), Region };
      await t.throws(() => client.copyObject({ Bucket, Key, CopySource }), ServiceError, {
        code: "not-found",
      });
      await expectAbsent(t, rig, Key);
    },
  },
  {
    name: "copyObject() with ForbidOverwrite keeps the existing object",
    run: async (t, rig) => {
      const { Bucket, client } = rig;
      const CopySource = await sourceOf(rig, textBytes("new"));
      const { Key } = await sourceOf(rig, textBytes("old"));
      await t.throws(
        () => client.copyObject({ Bucket, Key, CopySource, ForbidOverwrite: true }),
        ServiceError,
        { code: "conflict", cosCode: "FileAlreadyExists" },
      );
      await expectStored(t, rig, Key, textBytes("old"));
    },
  },
  {
    name: "copyObject() verifies the copy by the source's CRC64",
    run: async (t, rig) => {
      const CopySource = await sourceOf(rig, textBytes("x"));
      const lie = respondsWithHeaders({ "x-cos-hash-crc64ecma": "1" });
      const script = new Script({ HeadObject: [(deliver) => deliver(), lie] });
      const client = rig.createClient({}, script.wrap);
      const Key = rig.uniqueKey("copy");
      await t.throws(() => client.copyObject({ Bucket: rig.Bucket, Key, CopySource }), IntegrityError);
      script.assertUsed(t);
    },
  },
  {
    name: "copyObject() of an error in a 200 is an error",
    run: async (t, rig) => {
      const CopySource = await sourceOf(rig, textBytes("x"));
      const late = respondsWith("  <Error><Code>AccessDenied</Code><Message>late</Message></Error>");
      const script = new Script({ CopyObject: late });
      const client = rig.createClient({}, script.wrap, quickClock());
      await t.throws(
        () => client.copyObject({ Bucket: rig.Bucket, Key: rig.uniqueKey("copy"), CopySource }),
        ServiceError,
        { cosCode: "AccessDenied", status: 200 },
      );
    },
  },
];

const parts: readonly ContractCase[] = [
  {
    name: "copyObject() copies a large object in parts",
    run: async (t, rig) => {
      const { Bucket, client } = rig;
      const bytes = noise(2 * MB + 9);
      const CopySource = await sourceOf(rig, bytes);
      const Key = rig.uniqueKey("copy");
      const told: number[] = [];
      const result = await client.copyObject({
        Bucket,
        Key,
        CopySource,
        PartSize: 1,
        MAXThread: 2,
        onProgress: (consumed) => told.push(consumed),
      });
      t.equal(result.partsCopied, 3, "partsCopied");
      t.equal(told.at(-1), bytes.length, "the last progress");
      t.deepEqual(
        told,
        [...told].sort((a, b) => a - b),
        "progress never goes backwards",
      );
      await expectStored(t, rig, Key, bytes);
    },
  },
  {
    name: "copyObject() in parts keeps the source's headers, as a copy in one request does",
    run: async (t, rig) => {
      const { Bucket, client } = rig;
      const CopySource = await sourceOf(rig, noise(MB + 1));
      const Key = rig.uniqueKey("copy");
      await client.copyObject({ Bucket, Key, CopySource, PartSize: 1 });
      t.equal((await client.headObject({ Bucket, Key })).ContentType, "text/x-source", "ContentType");
    },
  },
  {
    name: "copyObject() in parts pins the source by its ETag",
    run: async (t, rig) => {
      const { Bucket } = rig;
      const CopySource = await sourceOf(rig, noise(MB + 1));
      const { ETag } = await rig.client.headObject({ Bucket, Key: CopySource.Key });
      const script = new Script();
      const client = rig.createClient({}, script.wrap);
      await client.copyObject({ Bucket, Key: rig.uniqueKey("copy"), CopySource, PartSize: 1 });
      const pins = script.sent
        .filter(({ kind }) => kind === "UploadPartCopy")
        .map(({ headers }) => headers["x-cos-copy-source-if-match"]);
      t.deepEqual(pins, [ETag, ETag], "x-cos-copy-source-if-match");
    },
  },
  {
    name: "copyObject() whose part fails leaves no upload behind",
    run: async (t, rig) => {
      const { Bucket } = rig;
      const CopySource = await sourceOf(rig, noise(MB + 1));
      const script = new Script({ UploadPartCopy: [refuses(412, "PreconditionFailed")] });
      const client = rig.createClient({}, script.wrap);
      const Key = rig.uniqueKey("copy");
      await t.throws(() => client.copyObject({ Bucket, Key, CopySource, PartSize: 1 }), ServiceError, {
        code: "precondition-failed",
      });
      t.deepEqual(await openUploads(rig, Key), [], "unfinished uploads");
      await expectAbsent(t, rig, Key);
    },
  },
  {
    name: "uploadPartCopy() copies ranges that complete into one object",
    run: async (t, rig) => {
      const { Bucket, client } = rig;
      const bytes = noise(MB + 500);
      const CopySource = await sourceOf(rig, bytes);
      const object = { Bucket, Key: rig.uniqueKey("copy") };
      const { UploadId } = await client.createMultipartUpload(object);
      const copy = (PartNumber: number, first: number, last: number) =>
        client.uploadPartCopy({
          ...object,
          UploadId,
          PartNumber,
          CopySource,
          CopySourceRange: `bytes=${first}-${last}`,
        });
      const one = await copy(1, 100, 100 + MB - 1);
      const two = await copy(2, 0, 99);
      t.equal(one.crc64, crc64(bytes.subarray(100, 100 + MB)), "crc64 of the first part");
      t.match(two.LastModified, /^\d{4}-\d\d-\d\dT/, "LastModified");
      const Part = [one, two].map(({ ETag }, index) => ({ PartNumber: index + 1, ETag }));
      await client.completeMultipartUpload({ ...object, UploadId, MultipartUpload: { Part } });
      const expected = new Uint8Array(MB + 100);
      expected.set(bytes.subarray(100, 100 + MB));
      expected.set(bytes.subarray(0, 100), MB);
      await expectStored(t, rig, object.Key, expected);
    },
  },
  {
    name: "uploadPartCopy() without a range copies the whole source",
    run: async (t, rig) => {
      const { Bucket, client } = rig;
      const bytes = noise(1234);
      const CopySource = await sourceOf(rig, bytes);
      const object = { Bucket, Key: rig.uniqueKey("copy") };
      const { UploadId } = await client.createMultipartUpload(object);
      const { ETag } = await client.uploadPartCopy({ ...object, UploadId, PartNumber: 1, CopySource });
      const MultipartUpload = { Part: [{ PartNumber: 1, ETag }] };
      await client.completeMultipartUpload({ ...object, UploadId, MultipartUpload });
      await expectStored(t, rig, object.Key, bytes);
    },
  },
];

const PAST = "Sat, 01 Jan 2000 00:00:00 GMT";
const FUTURE = "Fri, 01 Jan 2100 00:00:00 GMT";

/** Conditions of the source, and whether a copy under them happens. */
const CONDITIONS = [
  ["CopySourceIfMatch", '"00000000000000000000000000000000"', false],
  ["CopySourceIfNoneMatch", '"00000000000000000000000000000000"', true],
  ["CopySourceIfModifiedSince", PAST, true],
  ["CopySourceIfModifiedSince", FUTURE, false],
  ["CopySourceIfUnmodifiedSince", FUTURE, true],
  ["CopySourceIfUnmodifiedSince", PAST, false],
] as const;

const conditions = CONDITIONS.map(
  ([parameter, value, happens]): ContractCase => ({
    name: `uploadPartCopy() with ${parameter} ${value} ${happens ? "copies" : "fails its precondition"}`,
    run: async (t, rig) => {
      const { Bucket, client } = rig;
      const CopySource = await sourceOf(rig, textBytes("source"));
      const object = { Bucket, Key: rig.uniqueKey("copy") };
      const { UploadId } = await client.createMultipartUpload(object);
      const copy = () =>
        client.uploadPartCopy({ ...object, UploadId, PartNumber: 1, CopySource, [parameter]: value });
      if (happens) t.ok((await copy()).ETag, "ETag");
      else await t.throws(copy, ServiceError, { code: "precondition-failed", status: 412 });
      await client.abortMultipartUpload({ ...object, UploadId });
    },
  }),
);

export const cases: readonly ContractCase[] = [...whole, ...parts, ...conditions];
