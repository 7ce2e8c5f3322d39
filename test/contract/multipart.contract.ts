import { IntegrityError, ServiceError } from "@cosup/core";
import type { ContractCase, Rig } from "./contract.ts";
import { MB, noise, streamOf, textBytes } from "./fixtures/bytes.ts";
import { Script } from "./fixtures/faults.ts";
import { expectAbsent, expectStored } from "./fixtures/stored.ts";
import { crc64 } from "./reference/crc64.ts";
import { md5Base64, md5Hex } from "./reference/md5.ts";

async function begin(rig: Rig) {
  const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("multipart") };
  const { UploadId } = await rig.client.createMultipartUpload(object);
  return { ...object, UploadId };
}

export const cases: readonly ContractCase[] = [
  {
    name: "createMultipartUpload() names the upload",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("multipart") };
      const created = await rig.client.createMultipartUpload(object);
      t.ok(created.UploadId.length > 20, "UploadId");
      t.equal(created.Bucket, object.Bucket, "Bucket");
      t.equal(created.Key, object.Key, "Key");
      t.ok(created.requestId, "requestId");
      await rig.client.abortMultipartUpload({ ...object, UploadId: created.UploadId });
    },
  },
  {
    name: "parts become one object in the order of their numbers, in any order of arrival",
    run: async (t, rig) => {
      const upload = await begin(rig);
      const bytes = noise(2 * MB + 3);
      const put = (PartNumber: number) =>
        rig.client.uploadPart({
          ...upload,
          PartNumber,
          Body: bytes.subarray((PartNumber - 1) * MB, PartNumber * MB),
        });
      const three = await put(3);
      const one = await put(1);
      const two = await put(2);
      t.equal(one.crc64, crc64(bytes.subarray(0, MB)), "crc64 of part 1");
      t.equal(three.ETag, `"${md5Hex(bytes.subarray(2 * MB))}"`, "ETag of part 3");
      const Part = [one, two, three].map(({ ETag }, index) => ({ PartNumber: index + 1, ETag }));
      const done = await rig.client.completeMultipartUpload({ ...upload, MultipartUpload: { Part } });
      t.match(done.ETag, /^"[0-9a-f]{32}-3"$/, "ETag");
      t.equal(done.crc64, crc64(bytes), "crc64");
      t.equal(done.Bucket, upload.Bucket, "Bucket");
      t.equal(done.Key, upload.Key, "Key");
      t.match(done.Location, /multipart/, "Location");
      await expectStored(t, rig, upload.Key, bytes);
    },
  },
  {
    name: "completeMultipartUpload() takes ETags with and without quotes",
    run: async (t, rig) => {
      const upload = await begin(rig);
      const bytes = noise(MB + 1);
      const one = await rig.client.uploadPart({ ...upload, PartNumber: 1, Body: bytes.subarray(0, MB) });
      const two = await rig.client.uploadPart({ ...upload, PartNumber: 2, Body: bytes.subarray(MB) });
      const Part = [
        { PartNumber: 1, ETag: one.ETag },
        { PartNumber: 2, ETag: two.ETag.replaceAll('"', "") },
      ];
      await rig.client.completeMultipartUpload({ ...upload, MultipartUpload: { Part } });
      await expectStored(t, rig, upload.Key, bytes);
    },
  },
  {
    name: "a part that is sent again replaces the first",
    run: async (t, rig) => {
      const upload = await begin(rig);
      await rig.client.uploadPart({ ...upload, PartNumber: 1, Body: "first" });
      const { ETag } = await rig.client.uploadPart({ ...upload, PartNumber: 1, Body: "second" });
      const MultipartUpload = { Part: [{ PartNumber: 1, ETag }] };
      await rig.client.completeMultipartUpload({ ...upload, MultipartUpload });
      await expectStored(t, rig, upload.Key, textBytes("second"));
    },
  },
  {
    name: "uploadPart() takes a stream of unknown length, and sends it with a length",
    run: async (t, rig) => {
      const upload = await begin(rig);
      const bytes = noise(300_000);
      const { ETag } = await rig.client.uploadPart({ ...upload, PartNumber: 1, Body: streamOf(bytes) });
      t.equal(ETag, `"${md5Hex(bytes)}"`, "ETag");
      await rig.client.abortMultipartUpload(upload);
    },
  },
  {
    name: "uploadPart() takes a Blob, a string and an empty body",
    run: async (t, rig) => {
      const upload = await begin(rig);
      const bodies = [new Blob(["blob"]), "string", new Uint8Array(0)];
      const sizes: number[] = [];
      for (const [index, Body] of bodies.entries()) {
        await rig.client.uploadPart({ ...upload, PartNumber: index + 1, Body });
      }
      for await (const { Size } of rig.client.eachPart(upload)) sizes.push(Size);
      t.deepEqual(sizes, [4, 6, 0], "sizes");
      await rig.client.abortMultipartUpload(upload);
    },
  },
  {
    name: "uploadPart() takes its numbers as strings, as the document writes them",
    run: async (t, rig) => {
      const upload = await begin(rig);
      const { crc64: digest } = await rig.client.uploadPart({
        ...upload,
        PartNumber: "7",
        Body: "123",
        ContentLength: "3",
        TrafficLimit: "1048576",
      });
      t.equal(digest, crc64(textBytes("123")), "crc64");
      await rig.client.abortMultipartUpload(upload);
    },
  },
  {
    name: "uploadPart() with EnableMD5 sends Content-MD5, and without it does not",
    run: async (t, rig) => {
      const upload = await begin(rig);
      const script = new Script();
      const client = rig.createClient({}, script.wrap);
      await client.uploadPart({ ...upload, PartNumber: 1, Body: "abc", EnableMD5: true });
      await client.uploadPart({ ...upload, PartNumber: 2, Body: "abc" });
      const sums = script.sent.map(({ headers }) => headers["content-md5"]);
      t.deepEqual(sums, [md5Base64(textBytes("abc")), undefined], "content-md5");
      await rig.client.abortMultipartUpload(upload);
    },
  },
  {
    name: "uploadPart() with the ContentMD5 of other bytes sends nothing",
    run: async (t, rig) => {
      const upload = await begin(rig);
      const script = new Script();
      const client = rig.createClient({}, script.wrap);
      const ContentMD5 = md5Base64(textBytes("other"));
      await t.throws(
        () => client.uploadPart({ ...upload, PartNumber: 1, Body: "abc", ContentMD5 }),
        IntegrityError,
        { code: "integrity", retryable: false },
      );
      t.equal(script.sent.length, 0, "requests");
      await rig.client.abortMultipartUpload(upload);
    },
  },
  {
    name: "a part that is too small and not the last makes Complete fail",
    run: async (t, rig) => {
      const upload = await begin(rig);
      const Part: { PartNumber: number; ETag: string }[] = [];
      for (const PartNumber of [1, 2]) {
        const { ETag } = await rig.client.uploadPart({ ...upload, PartNumber, Body: "tiny" });
        Part.push({ PartNumber, ETag });
      }
      await t.throws(
        () => rig.client.completeMultipartUpload({ ...upload, MultipartUpload: { Part } }),
        ServiceError,
        { code: "invalid-request", cosCode: "EntityTooSmall", retryable: false },
      );
      await rig.client.abortMultipartUpload(upload);
    },
  },
  {
    name: "a part that COS does not have makes Complete fail",
    run: async (t, rig) => {
      const upload = await begin(rig);
      const MultipartUpload = { Part: [{ PartNumber: 1, ETag: '"00000000000000000000000000000000"' }] };
      await t.throws(() => rig.client.completeMultipartUpload({ ...upload, MultipartUpload }), ServiceError, {
        code: "invalid-request",
        cosCode: "InvalidPart",
      });
      await expectAbsent(t, rig, upload.Key);
      await rig.client.abortMultipartUpload(upload);
    },
  },
  {
    name: "completeMultipartUpload() with ForbidOverwrite keeps the existing object",
    run: async (t, rig) => {
      const upload = await begin(rig);
      await rig.client.putObject({ Bucket: upload.Bucket, Key: upload.Key, Body: "old" });
      const { ETag } = await rig.client.uploadPart({ ...upload, PartNumber: 1, Body: "new" });
      const MultipartUpload = { Part: [{ PartNumber: 1, ETag }] };
      await t.throws(
        () => rig.client.completeMultipartUpload({ ...upload, MultipartUpload, ForbidOverwrite: true }),
        ServiceError,
        { code: "conflict", cosCode: "FileAlreadyExists" },
      );
      await expectStored(t, rig, upload.Key, textBytes("old"));
      await rig.client.abortMultipartUpload(upload);
    },
  },
  {
    name: "abortMultipartUpload() deletes the parts and resolves with nothing",
    run: async (t, rig) => {
      const upload = await begin(rig);
      await rig.client.uploadPart({ ...upload, PartNumber: 1, Body: "x" });
      t.equal(await rig.client.abortMultipartUpload(upload), undefined, "result");
      await t.throws(() => rig.client.listParts(upload), ServiceError, {
        code: "not-found",
        cosCode: "NoSuchUpload",
        status: 404,
      });
    },
  },
  {
    name: "an upload that COS does not know is not found",
    run: async (t, rig) => {
      const upload = { ...(await begin(rig)), UploadId: "0123456789abcdef" };
      const notFound = { code: "not-found", cosCode: "NoSuchUpload" } as const;
      const Part = [{ PartNumber: 1, ETag: '"x"' }];
      const calls = [
        () => rig.client.uploadPart({ ...upload, PartNumber: 1, Body: "x" }),
        () => rig.client.listParts(upload),
        () => rig.client.completeMultipartUpload({ ...upload, MultipartUpload: { Part } }),
        () => rig.client.abortMultipartUpload(upload),
      ];
      for (const call of calls) await t.throws(call, ServiceError, notFound);
    },
  },
];
