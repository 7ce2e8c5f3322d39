import { ServiceError } from "@cosup/core";
import type { ContractCase, Rig } from "./contract.ts";
import { MB, noise, readAll, textBytes } from "./fixtures/bytes.ts";
import { respondsWithHeaders, Script } from "./fixtures/faults.ts";
import { expectAbsent, expectStored } from "./fixtures/stored.ts";
import { crc64 } from "./reference/crc64.ts";
import { md5Hex } from "./reference/md5.ts";

async function stored(rig: Rig, bytes: Uint8Array) {
  const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("read") };
  await rig.client.putObject({ ...object, Body: bytes });
  return object;
}

const PAST = "Sat, 01 Jan 2000 00:00:00 GMT";
const FUTURE = "Fri, 01 Jan 2100 00:00:00 GMT";
const OTHER = '"00000000000000000000000000000000"';

/** Conditions, and the status of a read under them. */
const CONDITIONS = [
  ["IfMatch", OTHER, 412],
  ["IfNoneMatch", OTHER, 200],
  ["IfModifiedSince", PAST, 200],
  ["IfModifiedSince", FUTURE, 304],
  ["IfUnmodifiedSince", FUTURE, 200],
  ["IfUnmodifiedSince", PAST, 412],
] as const;

const conditions = CONDITIONS.flatMap(([parameter, value, status]) =>
  (["headObject", "getObject"] as const).map(
    (method): ContractCase => ({
      name: `${method}() with ${parameter} ${value} ${status === 200 ? "succeeds" : `fails with ${status}`}`,
      run: async (t, rig) => {
        const object = await stored(rig, textBytes("conditional"));
        const read = async () => {
          const result = await rig.client[method]({ ...object, [parameter]: value });
          if ("Body" in result) await (result.Body as ReadableStream).cancel();
          return result;
        };
        if (status === 200) t.equal((await read()).ContentLength, 11, "ContentLength");
        else await t.throws(read, ServiceError, { code: "precondition-failed", status, retryable: false });
      },
    }),
  ),
);

/** The ten bytes "0123456789", packed by gzip. */
const PACKED = Uint8Array.from([
  0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x33, 0x30, 0x34, 0x32, 0x36, 0x31, 0x35, 0x33,
  0xb7, 0xb0, 0x04, 0x00, 0xc6, 0xc7, 0x84, 0xa6, 0x0a, 0x00, 0x00, 0x00,
]);

const packed: ContractCase = {
  name: "getObject() of an object stored with gzip returns the bytes as they are stored",
  needs: "encoded bodies",
  run: async (t, rig) => {
    const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("packed") };
    await rig.client.putObject({ ...object, Body: PACKED, ContentEncoding: "gzip" });
    const { Body, ContentLength, headers } = await rig.client.getObject(object);
    const bytes = await readAll(Body);
    t.equal(headers["content-encoding"], "gzip", "Content-Encoding");
    t.equal(ContentLength, PACKED.length, "ContentLength");
    t.deepEqual([...bytes], [...PACKED], "bytes");
  },
};

/** Ranges of ten bytes, and their content. */
const RANGES = [
  ["bytes=0-3", "0123"],
  ["bytes=8-", "89"],
  ["bytes=-2", "89"],
  ["bytes=5-100", "56789"],
] as const;

const ranges = RANGES.map(
  ([Range, expected]): ContractCase => ({
    name: `getObject() with Range ${Range} reads that range`,
    run: async (t, rig) => {
      const object = await stored(rig, textBytes("0123456789"));
      const { Body, ContentLength, headers } = await rig.client.getObject({ ...object, Range });
      t.bytes(await readAll(Body), textBytes(expected), "Body");
      t.equal(ContentLength, expected.length, "ContentLength");
      t.match(headers["content-range"], /^bytes \d+-\d+\/10$/, "content-range");
    },
  }),
);

const others: readonly ContractCase[] = [
  {
    name: "headObject() gives every field",
    run: async (t, rig) => {
      const bytes = noise(321);
      const head = await rig.client.headObject(await stored(rig, bytes));
      t.equal(head.ContentLength, 321, "ContentLength");
      t.equal(head.ETag, `"${md5Hex(bytes)}"`, "ETag");
      t.equal(head.crc64, crc64(bytes), "crc64");
      t.equal(head.StorageClass, "STANDARD", "StorageClass");
      t.match(head.LastModified, /GMT$/, "LastModified");
      t.ok(head.requestId, "requestId");
      t.equal(head.versionId, undefined, "versionId");
      t.equal(head.headers["x-cos-object-type"], "normal", "headers");
    },
  },
  {
    name: "results give x-cos-version-id and x-cos-request-id of any bucket",
    run: async (t, rig) => {
      const versioned = respondsWithHeaders({ "x-cos-version-id": "MTg0", "x-cos-request-id": "id" });
      const script = new Script({ PutObject: versioned, HeadObject: versioned, DeleteObject: versioned });
      const client = rig.createClient({}, script.wrap);
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("version") };
      const results = [
        await client.putObject({ ...object, Body: "x" }),
        await client.headObject(object),
        await client.deleteObject(object),
      ];
      for (const { versionId, requestId } of results)
        t.deepEqual([versionId, requestId], ["MTg0", "id"], "ids");
    },
  },
  {
    name: "getObject() streams a large object",
    run: async (t, rig) => {
      const bytes = noise(3 * MB);
      const { Body, ContentLength } = await rig.client.getObject(await stored(rig, bytes));
      t.equal(ContentLength, bytes.length, "ContentLength");
      t.bytes(await readAll(Body), bytes, "Body");
    },
  },
  {
    name: "getObject() of an empty object gives an empty stream",
    run: async (t, rig) => {
      const { Body } = await rig.client.getObject(await stored(rig, noise(0)));
      t.equal((await readAll(Body)).length, 0, "length");
    },
  },
  {
    name: "getObject() can be cancelled before it is read",
    run: async (t, rig) => {
      const object = await stored(rig, noise(2 * MB));
      for (let round = 0; round < 3; round += 1) await (await rig.client.getObject(object)).Body.cancel();
      t.equal((await rig.client.headObject(object)).ContentLength, 2 * MB, "ContentLength afterwards");
    },
  },
  {
    name: "getObject() beyond the end is an error",
    run: async (t, rig) => {
      const object = await stored(rig, textBytes("0123456789"));
      await t.throws(() => rig.client.getObject({ ...object, Range: "bytes=10-20" }), ServiceError, {
        status: 416,
        cosCode: "InvalidRange",
        code: "invalid-request",
      });
    },
  },
  {
    name: "an object that was read can be uploaded again as it comes",
    run: async (t, rig) => {
      const bytes = noise(MB + 11);
      const { Body } = await rig.client.getObject(await stored(rig, bytes));
      const Key = rig.uniqueKey("pipe");
      await rig.client.uploadFile({ Bucket: rig.Bucket, Key, Body, PartSize: 1 });
      await expectStored(t, rig, Key, bytes);
    },
  },
  {
    name: "VersionId null is the object of a bucket without versions; another is not found",
    run: async (t, rig) => {
      const object = await stored(rig, textBytes("v"));
      t.equal((await rig.client.headObject({ ...object, VersionId: "null" })).ContentLength, 1, "length");
      await t.throws(() => rig.client.headObject({ ...object, VersionId: "MTg0" }), ServiceError, {
        code: "not-found",
      });
    },
  },
  {
    name: "deleteObject() deletes, and succeeds again when there is nothing left",
    run: async (t, rig) => {
      const object = await stored(rig, textBytes("x"));
      t.ok((await rig.client.deleteObject(object)).requestId, "requestId");
      await expectAbsent(t, rig, object.Key);
      t.ok((await rig.client.deleteObject(object)).requestId, "requestId");
    },
  },
];

export const cases: readonly ContractCase[] = [packed, ...conditions, ...ranges, ...others];
