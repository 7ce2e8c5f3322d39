import type { ContractCase, Rig } from "./contract.ts";
import { textBytes } from "./fixtures/bytes.ts";
import { respondsWith, Script } from "./fixtures/faults.ts";
import { md5Hex } from "./reference/md5.ts";

const PARTS = [1, 2, 3, 5, 8] as const;

/** An upload with a few parts, aborted in the end. */
async function withParts(
  rig: Rig,
  use: (upload: { Bucket: string; Key: string; UploadId: string }) => Promise<void>,
): Promise<void> {
  const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("list 中 & +") };
  const { UploadId } = await rig.client.createMultipartUpload(object);
  const upload = { ...object, UploadId };
  for (const PartNumber of PARTS) {
    await rig.client.uploadPart({ ...upload, PartNumber, Body: `part ${PartNumber}` });
  }
  try {
    await use(upload);
  } finally {
    await rig.client.abortMultipartUpload(upload);
  }
}

/** Unfinished uploads below a prefix of their own, aborted in the end. */
async function withUploads(
  rig: Rig,
  names: readonly string[],
  use: (prefix: string) => Promise<void>,
): Promise<void> {
  const { Bucket, client } = rig;
  const prefix = `${rig.uniqueKey("uploads")}/`;
  const open: { Bucket: string; Key: string; UploadId: string }[] = [];
  for (const name of names) {
    const object = { Bucket, Key: `${prefix}${name}` };
    open.push({ ...object, UploadId: (await client.createMultipartUpload(object)).UploadId });
  }
  try {
    await use(prefix);
  } finally {
    for (const upload of open) await client.abortMultipartUpload(upload);
  }
}

const NAMES = ["a", "b/1", "b/2", "c 中文+&", "d", "d"] as const;

export const cases: readonly ContractCase[] = [
  {
    name: "listParts() gives every field of the document",
    run: (t, rig) =>
      withParts(rig, async (upload) => {
        const page = await rig.client.listParts(upload);
        t.equal(page.Bucket, upload.Bucket, "Bucket");
        t.equal(page.Key, upload.Key, "Key");
        t.equal(page.UploadId, upload.UploadId, "UploadId");
        t.equal(page.EncodingType, undefined, "EncodingType");
        t.equal(page.MaxParts, 1000, "MaxParts");
        t.equal(page.IsTruncated, false, "IsTruncated");
        t.equal(page.PartNumberMarker, 0, "PartNumberMarker");
        t.equal(page.NextPartNumberMarker, undefined, "NextPartNumberMarker");
        t.match(page.StorageClass, /^standard$/i, "StorageClass");
        t.ok(page.Initiator.ID !== "" && page.Owner.ID !== "", "Initiator and Owner");
        t.ok(page.Owner.DisplayName !== undefined, "DisplayName");
        t.ok(page.requestId, "requestId");
        const [first] = page.Part;
        t.equal(first?.PartNumber, 1, "PartNumber");
        t.equal(first?.Size, 6, "Size");
        t.equal(first?.ETag, `"${md5Hex(textBytes("part 1"))}"`, "ETag");
        t.match(first?.LastModified, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/, "LastModified");
        t.deepEqual(
          page.Part.map(({ PartNumber }) => PartNumber),
          PARTS,
          "numbers",
        );
      }),
  },
  {
    name: "listParts() pages by MaxParts and PartNumberMarker",
    run: (t, rig) =>
      withParts(rig, async (upload) => {
        const one = await rig.client.listParts({ ...upload, MaxParts: 2 });
        t.equal(one.IsTruncated, true, "IsTruncated");
        t.equal(one.NextPartNumberMarker, 2, "NextPartNumberMarker");
        t.equal(one.MaxParts, 2, "MaxParts");
        const two = await rig.client.listParts({ ...upload, MaxParts: "2", PartNumberMarker: "2" });
        t.deepEqual(
          two.Part.map(({ PartNumber }) => PartNumber),
          [3, 5],
          "numbers",
        );
        t.equal(two.PartNumberMarker, 2, "PartNumberMarker");
        const last = await rig.client.listParts({ ...upload, PartNumberMarker: 8 });
        t.deepEqual(last.Part, [], "parts after the last");
        t.equal(last.IsTruncated, false, "IsTruncated");
      }),
  },
  {
    name: "listParts() with one part gives an array of one",
    run: (t, rig) =>
      withParts(rig, async (upload) => {
        const page = await rig.client.listParts({ ...upload, MaxParts: 1 });
        t.equal(page.Part.length, 1, "parts");
      }),
  },
  {
    name: "listParts() with EncodingType url returns the key encoded, with its EncodingType",
    run: (t, rig) =>
      withParts(rig, async (upload) => {
        const page = await rig.client.listParts({ ...upload, EncodingType: "url" });
        t.equal(page.EncodingType, "url", "EncodingType");
        t.equal(decodeURIComponent(page.Key), upload.Key, "Key");
        t.ok(page.Key !== upload.Key, "an encoded Key");
      }),
  },
  {
    name: "listParts() of an upload without parts is empty",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("list") };
      const { UploadId } = await rig.client.createMultipartUpload(object);
      const page = await rig.client.listParts({ ...object, UploadId });
      t.deepEqual(page.Part, [], "Part");
      await rig.client.abortMultipartUpload({ ...object, UploadId });
    },
  },
  {
    name: "eachPart() yields all parts over all pages",
    run: (t, rig) =>
      withParts(rig, async (upload) => {
        const numbers: number[] = [];
        for await (const { PartNumber } of rig.client.eachPart({ ...upload, MaxParts: 2 }))
          numbers.push(PartNumber);
        t.deepEqual(numbers, PARTS, "numbers");
      }),
  },
  {
    name: "eachPart() that is left early asks for no more pages",
    run: (t, rig) =>
      withParts(rig, async (upload) => {
        const script = new Script();
        const client = rig.createClient({}, script.wrap);
        for await (const { PartNumber } of client.eachPart({ ...upload, MaxParts: 2 }))
          if (PartNumber === 2) break;
        t.equal(script.count("ListParts"), 1, "pages");
      }),
  },
  {
    name: "eachPart() ends when a page does not advance",
    run: (t, rig) =>
      withParts(rig, async (upload) => {
        const page =
          "<ListPartsResult><IsTruncated>true</IsTruncated><NextPartNumberMarker>1</NextPartNumberMarker>" +
          "<Part><PartNumber>1</PartNumber><Size>1</Size></Part></ListPartsResult>";
        const script = new Script({ ListParts: respondsWith(page) });
        const client = rig.createClient({}, script.wrap);
        let count = 0;
        for await (const _ of client.eachPart(upload)) count += 1;
        t.ok(count <= 2, `an end after ${count} parts`);
      }),
  },
  {
    name: "listMultipartUploads() gives every field of the document",
    run: (t, rig) =>
      withUploads(rig, ["x"], async (Prefix) => {
        const page = await rig.client.listMultipartUploads({ Bucket: rig.Bucket, Prefix });
        t.equal(page.Bucket, rig.Bucket, "Bucket");
        t.equal(page.Prefix, Prefix, "Prefix");
        t.equal(page.Delimiter, "", "Delimiter");
        t.equal(page.KeyMarker, "", "KeyMarker");
        t.equal(page.UploadIdMarker, "", "UploadIdMarker");
        t.equal(page.NextKeyMarker, undefined, "NextKeyMarker");
        t.equal(page.NextUploadIdMarker, undefined, "NextUploadIdMarker");
        t.equal(page.MaxUploads, 1000, "MaxUploads");
        t.equal(page.IsTruncated, false, "IsTruncated");
        t.equal(page.EncodingType, undefined, "EncodingType");
        t.deepEqual(page.CommonPrefixes, [], "CommonPrefixes");
        const [upload] = page.Upload;
        t.equal(upload?.Key, `${Prefix}x`, "Key");
        t.ok(upload?.UploadId, "UploadId");
        t.match(upload?.StorageClass, /^standard$/i, "StorageClass");
        t.match(upload?.Initiated, /^\d{4}-\d\d-\d\dT/, "Initiated");
        t.ok(upload?.Initiator.ID && upload.Owner.ID, "Initiator and Owner");
      }),
  },
  {
    name: "listMultipartUploads() pages by key and upload id",
    run: (t, rig) =>
      withUploads(rig, NAMES, async (Prefix) => {
        const { Bucket, client } = rig;
        const seen: string[] = [];
        let KeyMarker = "";
        let UploadIdMarker = "";
        for (let pages = 1; ; pages += 1) {
          const page = await client.listMultipartUploads({
            Bucket,
            Prefix,
            MaxUploads: 2,
            KeyMarker,
            UploadIdMarker,
          });
          seen.push(...page.Upload.map(({ Key }) => Key.slice(Prefix.length)));
          if (!page.IsTruncated) {
            t.equal(pages, 3, "pages");
            break;
          }
          KeyMarker = t.present(page.NextKeyMarker, "NextKeyMarker");
          UploadIdMarker = t.present(page.NextUploadIdMarker, "NextUploadIdMarker");
        }
        t.deepEqual(seen, NAMES, "keys");
      }),
  },
  {
    name: "listMultipartUploads() with a Delimiter groups keys by common prefix",
    run: (t, rig) =>
      withUploads(rig, NAMES, async (Prefix) => {
        const page = await rig.client.listMultipartUploads({
          Bucket: rig.Bucket,
          Prefix,
          Delimiter: "/",
        });
        t.deepEqual(page.CommonPrefixes, [{ Prefix: `${Prefix}b/` }], "CommonPrefixes");
        t.equal(page.Delimiter, "/", "Delimiter");
        t.equal(page.Upload.length, 4, "uploads beside it");
      }),
  },
  {
    name: "listMultipartUploads() with EncodingType url gives keys encoded",
    run: (t, rig) =>
      withUploads(rig, ["c 中文+&"], async (Prefix) => {
        const page = await rig.client.listMultipartUploads({
          Bucket: rig.Bucket,
          Prefix,
          EncodingType: "url",
        });
        t.equal(page.EncodingType, "url", "EncodingType");
        t.equal(decodeURIComponent(page.Upload[0]?.Key ?? ""), `${Prefix}c 中文+&`, "Key");
      }),
  },
  {
    name: "eachMultipartUpload() yields all uploads over all pages, with their keys decoded",
    run: (t, rig) =>
      withUploads(rig, NAMES, async (Prefix) => {
        const seen: string[] = [];
        const ids = new Set<string>();
        const { Bucket, client } = rig;
        for await (const { Key, UploadId } of client.eachMultipartUpload({ Bucket, Prefix, MaxUploads: 2 })) {
          seen.push(Key.slice(Prefix.length));
          ids.add(UploadId);
        }
        t.deepEqual(seen, NAMES, "keys");
        t.equal(ids.size, NAMES.length, "upload ids");
      }),
  },
];
