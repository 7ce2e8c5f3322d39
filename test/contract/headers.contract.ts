import { ServiceError } from "@cosup/core";
import type { ContractCase, Rig } from "./contract.ts";
import { MB, noise, readAll, streamOf } from "./fixtures/bytes.ts";
import { Script } from "./fixtures/faults.ts";
import { md5Base64 } from "./reference/md5.ts";

/** A parameter, the header that returns it, and a value. */
const STORED = [
  ["CacheControl", "cache-control", "max-age=60, public"],
  ["ContentType", "content-type", "text/html; charset=utf-8"],
  [
    "ContentDisposition",
    "content-disposition",
    "attachment; filename=\"a b.txt\"; filename*=UTF-8''%E4%B8%AD.txt",
  ],
  ["ContentEncoding", "content-encoding", "x-cosup"],
  ["ContentLanguage", "content-language", "zh-CN, en"],
  ["Expires", "expires", "Wed, 21 Oct 2065 07:28:00 GMT"],
  ["StorageClass", "x-cos-storage-class", "STANDARD_IA"],
] as const;

const ALL = {
  ...Object.fromEntries(STORED.map(([parameter, , value]) => [parameter, value])),
  Metadata: { "x-cos-meta-first": "1", "x-cos-meta-second": "two words" },
  Tagging: "k1=v1&k2=v%202",
  headers: { "x-cos-server-side-encryption": "AES256" },
};

/** Checks that HEAD returns all of {@link ALL}. */
async function expectAll(t: Parameters<ContractCase["run"]>[0], rig: Rig, Key: string): Promise<void> {
  const head = await rig.client.headObject({ Bucket: rig.Bucket, Key });
  for (const [parameter, header, value] of STORED) t.equal(head.headers[header], value, parameter);
  t.equal(head.StorageClass, "STANDARD_IA", "StorageClass");
  t.deepEqual(head.Metadata, ALL.Metadata, "Metadata");
  t.equal(head.headers["x-cos-tagging-count"], "2", "Tagging");
  t.equal(head.headers["x-cos-server-side-encryption"], "AES256", "headers");
}

const stored = STORED.map(
  ([parameter, header, value]): ContractCase => ({
    name: `putObject() stores ${parameter}`,
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("header") };
      await rig.client.putObject({ ...object, Body: "x", [parameter]: value });
      t.equal((await rig.client.headObject(object)).headers[header], value, header);
    },
  }),
);

const together: readonly ContractCase[] = [
  {
    name: "uploadFile() in one PUT stores all headers",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("headers") };
      await rig.client.uploadFile({ ...object, ...ALL, Body: noise(10) });
      await expectAll(t, rig, object.Key);
    },
  },
  {
    name: "uploadFile() in parts stores all headers",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("headers") };
      const Body = streamOf(noise(MB + 1));
      const { UploadId } = await rig.client.uploadFile({ ...object, ...ALL, Body, PartSize: 1 });
      t.ok(UploadId, "UploadId");
      await expectAll(t, rig, object.Key);
    },
  },
  {
    name: "createMultipartUpload() stores all headers with the object to be",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("headers") };
      const { UploadId } = await rig.client.createMultipartUpload({ ...object, ...ALL });
      const upload = { ...object, UploadId };
      const { ETag } = await rig.client.uploadPart({ ...upload, PartNumber: 1, Body: "x" });
      const MultipartUpload = { Part: [{ PartNumber: 1, ETag }] };
      await rig.client.completeMultipartUpload({ ...upload, MultipartUpload });
      await expectAll(t, rig, object.Key);
    },
  },
  {
    name: "an object without headers is STANDARD and of no particular type",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("headers") };
      await rig.client.putObject({ ...object, Body: "text" });
      const head = await rig.client.headObject(object);
      t.equal(head.StorageClass, "STANDARD", "StorageClass");
      t.deepEqual(head.Metadata, {}, "Metadata");
      // A runtime that adds text/plain to a string body would show here.
      t.equal(head.ContentType, "application/octet-stream", "ContentType");
    },
  },
  {
    name: "an empty header parameter counts as not given",
    run: async (t, rig) => {
      const script = new Script();
      const client = rig.createClient({}, script.wrap);
      const Key = rig.uniqueKey("headers");
      await client.putObject({ Bucket: rig.Bucket, Key, Body: "x", CacheControl: "", ContentType: "" });
      const names = Object.keys(script.sent[0]?.headers ?? {});
      t.deepEqual(
        names.filter((name) => name === "cache-control" || name === "content-type"),
        [],
        "empty headers",
      );
    },
  },
  {
    name: "a content-encoding that fetch knows does not hide an object's length",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("gzip") };
      const gzipped = new Blob(["squeeze me ".repeat(50)])
        .stream()
        .pipeThrough(new CompressionStream("gzip"));
      const bytes = new Uint8Array(await new Response(gzipped).arrayBuffer());
      await rig.client.putObject({ ...object, Body: bytes, ContentEncoding: "gzip" });
      const head = await rig.client.headObject(object);
      t.equal(head.ContentLength, bytes.length, "ContentLength");
      t.equal(head.headers["content-encoding"], "gzip", "content-encoding");
    },
  },
];

const encryption: readonly ContractCase[] = [
  {
    name: "the customer's key of SSE-C goes with every request that needs it",
    run: async (t, rig) => {
      const key = noise(32, 7);
      const headers = {
        "x-cos-server-side-encryption-customer-algorithm": "AES256",
        "x-cos-server-side-encryption-customer-key": btoa(String.fromCharCode(...key)),
        "x-cos-server-side-encryption-customer-key-MD5": md5Base64(key),
      };
      const script = new Script();
      const client = rig.createClient({}, script.wrap);
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("ssec"), headers };
      const bytes = noise(MB + 1);
      await client.uploadFile({ ...object, Body: streamOf(bytes), PartSize: 1 });
      for (const kind of ["InitiateMultipartUpload", "UploadPart"] as const) {
        const sent = script.sent.filter((request) => request.kind === kind);
        for (const [name, value] of Object.entries(headers))
          t.ok(
            sent.every((request) => request.headers[name.toLowerCase()] === value),
            `${name} with ${kind}`,
          );
      }
      const { Body } = await client.getObject(object);
      t.bytes(await readAll(Body), bytes, "the object, read with the key");
      const { headers: _, ...withoutKey } = object;
      await t.throws(() => client.headObject(withoutKey), ServiceError, { status: 400 });
    },
  },
];

const metadata: readonly ContractCase[] = [
  {
    name: "Metadata beyond ASCII arrives percent-encoded, the same from every runtime",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("metadata") };
      const title = "中文 50% é 🎉";
      const Metadata = {
        "x-cos-meta-title": title,
        "x-cos-meta-ascii": "100%",
        "x-cos-meta-encoded": "%C3%A9",
      };
      await rig.client.putObject({ ...object, Body: "x", Metadata });
      const read = (await rig.client.headObject(object)).Metadata;
      const sent = "%E4%B8%AD%E6%96%87 50%25 %C3%A9 %F0%9F%8E%89";
      t.deepEqual(read, { ...Metadata, "x-cos-meta-title": sent }, "Metadata");
      t.equal(decodeURIComponent(sent), title, "Metadata, decoded");
    },
  },
  {
    name: "Metadata names are case-insensitive, and given back in lower case",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("metadata") };
      await rig.client.putObject({ ...object, Body: "x", Metadata: { "X-COS-Meta-Name": "v" } });
      t.deepEqual((await rig.client.headObject(object)).Metadata, { "x-cos-meta-name": "v" }, "Metadata");
    },
  },
  {
    name: "Metadata of 2 KB each and 4 KB in all is accepted",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("metadata") };
      const Metadata = { "x-cos-meta-a": "v".repeat(2047), "x-cos-meta-b": "v".repeat(2047) };
      await rig.client.putObject({ ...object, Body: "x", Metadata });
      t.deepEqual((await rig.client.headObject(object)).Metadata, Metadata, "Metadata");
    },
  },
  {
    name: "Metadata keeps printable ASCII as it is",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("metadata") };
      const Metadata = { "x-cos-meta-ascii": `!"#$%&'()*+,-./:;<=>?@[\\]^_\`{|}~` };
      await rig.client.putObject({ ...object, Body: "x", Metadata });
      t.deepEqual((await rig.client.headObject(object)).Metadata, Metadata, "Metadata");
    },
  },
];

export const cases: readonly ContractCase[] = [...stored, ...together, ...encryption, ...metadata];
