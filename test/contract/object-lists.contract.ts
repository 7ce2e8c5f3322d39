import { ArgumentTypeError, type CosClient, ServiceError } from "@cosup/core";
import { listObjects } from "@cosup/core/objects";
import type { ContractCase, Rig } from "./contract.ts";
import { textBytes } from "./fixtures/bytes.ts";
import { Script } from "./fixtures/faults.ts";
import { md5Hex } from "./reference/md5.ts";

/** Objects below a prefix of their own, each with its name as content. */
async function withObjects(
  rig: Rig,
  names: readonly string[],
  use: (parameters: { Bucket: string; Prefix: string }) => Promise<void>,
): Promise<void> {
  const { Bucket, client } = rig;
  const Prefix = `${rig.uniqueKey("objects")}/`;
  for (const name of names) await client.putObject({ Bucket, Key: `${Prefix}${name}`, Body: name });
  await use({ Bucket, Prefix });
}

const NAMES = ["a", "b/1", "b/2", "c 中文+&", "d"] as const;

export const cases: readonly ContractCase[] = [
  {
    name: "listObjects() gives every field of the document",
    run: (t, rig) =>
      withObjects(rig, ["x"], async ({ Bucket, Prefix }) => {
        const page = await listObjects(rig.client, { Bucket, Prefix });
        t.equal(page.Name, Bucket, "Name");
        t.equal(page.Prefix, Prefix, "Prefix");
        t.equal(page.Delimiter, "", "Delimiter");
        t.equal(page.Marker, "", "Marker");
        t.equal(page.NextMarker, undefined, "NextMarker");
        t.equal(page.MaxKeys, 1000, "MaxKeys");
        t.equal(page.IsTruncated, false, "IsTruncated");
        t.equal(page.EncodingType, undefined, "EncodingType");
        t.deepEqual(page.CommonPrefixes, [], "CommonPrefixes");
        t.ok(page.requestId, "requestId");
        t.equal(page.Contents.length, 1, "objects");
        const [object] = page.Contents;
        t.equal(object?.Key, `${Prefix}x`, "Key");
        t.equal(object?.Size, 1, "Size");
        t.equal(object?.ETag, `"${md5Hex(textBytes("x"))}"`, "ETag");
        t.equal(object?.StorageClass, "STANDARD", "StorageClass");
        t.match(object?.LastModified, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/, "LastModified");
        t.ok(object?.Owner.ID && object.Owner.DisplayName, "Owner");
      }),
  },
  {
    name: "listObjects() pages by MaxKeys and Marker",
    run: (t, rig) =>
      withObjects(rig, NAMES, async ({ Bucket, Prefix }) => {
        const names: string[] = [];
        let Marker: string | undefined;
        let pages = 0;
        do {
          const page = await listObjects(rig.client, { Bucket, Prefix, MaxKeys: 2, Marker });
          t.equal(page.Marker, Marker ?? "", "Marker");
          t.equal(page.MaxKeys, 2, "MaxKeys");
          names.push(...page.Contents.map(({ Key }) => Key.slice(Prefix.length)));
          t.equal(page.IsTruncated, page.NextMarker !== undefined, "NextMarker");
          Marker = page.NextMarker;
          pages += 1;
        } while (Marker !== undefined);
        t.deepEqual(names, NAMES, "keys");
        t.equal(pages, 3, "pages");
      }),
  },
  {
    name: "listObjects() with a Delimiter lists one folder, and the folders in it",
    run: (t, rig) =>
      withObjects(rig, NAMES, async ({ Bucket, Prefix }) => {
        const page = await listObjects(rig.client, { Bucket, Prefix, Delimiter: "/" });
        t.deepEqual(page.CommonPrefixes, [{ Prefix: `${Prefix}b/` }], "CommonPrefixes");
        t.equal(page.Delimiter, "/", "Delimiter");
        t.equal(page.Contents.length, 3, "objects beside it");
      }),
  },
  {
    name: "listObjects() with EncodingType url gives keys encoded, with its EncodingType",
    run: (t, rig) =>
      withObjects(rig, ["c 中文+&"], async ({ Bucket, Prefix }) => {
        const page = await listObjects(rig.client, { Bucket, Prefix, EncodingType: "url" });
        t.equal(page.EncodingType, "url", "EncodingType");
        const [object] = page.Contents;
        t.equal(decodeURIComponent(object?.Key ?? ""), `${Prefix}c 中文+&`, "Key");
      }),
  },
  {
    name: "listObjects() of a bucket that is not there is not-found",
    run: async (t, rig) => {
      const Bucket = "nosuchbucket-1250000000";
      await t.throws(() => listObjects(rig.client, { Bucket }), ServiceError, {
        code: "not-found",
        cosCode: "NoSuchBucket",
      });
    },
  },
  {
    name: "a function of a subpath refuses what is not a client, and checks parameters before anything is sent",
    run: async (t, rig) => {
      const script = new Script();
      const client = rig.createClient({}, script.wrap);
      for (const wrong of [undefined, {}, "cos", () => client]) {
        const call = (): unknown => listObjects(wrong as unknown as CosClient, { Bucket: rig.Bucket });
        await t.throws(call, ArgumentTypeError, { parameter: "cos" });
      }
      const unknown = { Bucket: rig.Bucket, Marke: "m" };
      await t.throws(() => listObjects(client, unknown), ArgumentTypeError, { parameter: "Marke" });
      t.equal(script.sent.length, 0, "requests");
    },
  },
];
