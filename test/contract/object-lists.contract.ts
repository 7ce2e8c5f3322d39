import { ArgumentTypeError, type CosClient, CosError, ServiceError } from "@cosup/core";
import { type EachObjectParameters, eachFolderEntry, eachObject, listObjects } from "@cosup/core/objects";
import type { ContractCase, Rig } from "./contract.ts";
import { textBytes } from "./fixtures/bytes.ts";
import { respondsWith, Script } from "./fixtures/faults.ts";
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

async function keysOf(client: CosClient, parameters: EachObjectParameters): Promise<string[]> {
  const keys: string[] = [];
  for await (const { Key } of eachObject(client, parameters)) keys.push(Key.slice(parameters.Prefix?.length));
  return keys;
}

/** A page as a server sends it that has more of them. */
function page(keys: readonly string[], NextMarker?: string): string {
  const contents = keys.map((key) => `<Contents><Key>${key}</Key><Size>1</Size></Contents>`).join("");
  const next = NextMarker === undefined ? "" : `<NextMarker>${NextMarker}</NextMarker>`;
  return `<ListBucketResult><IsTruncated>true</IsTruncated>${next}${contents}</ListBucketResult>`;
}

/** Keys that XML cannot carry, or changes. They are in COS's order, that of UTF-8. */
const AWKWARD = [
  "\u0001\u000b\u001f",
  "\ttab",
  "\nline\n",
  "\r\nboth",
  " space at both ends ",
  "%41%2f 100%",
  "&amp; <Key> ]]>",
  "+plus",
  "\u007f",
  "中文",
  "\ufffe",
  "🎉",
] as const;

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
    name: "eachObject() yields all objects over all pages",
    run: (t, rig) =>
      withObjects(rig, NAMES, async (parameters) => {
        const script = new Script();
        const client = rig.createClient({}, script.wrap);
        t.deepEqual(await keysOf(client, { ...parameters, MaxKeys: 2 }), NAMES, "keys");
        t.equal(script.count("ListObjects"), 3, "pages");
        const Marker = `${parameters.Prefix}b/1`;
        t.deepEqual(await keysOf(client, { ...parameters, Marker }), NAMES.slice(2), "after a marker");
      }),
  },
  {
    name: "eachObject() yields keys that XML cannot carry, each page beginning after the right one",
    run: (t, rig) =>
      withObjects(rig, AWKWARD, async (parameters) => {
        for (const MaxKeys of [1, 5, 1000])
          t.deepEqual(await keysOf(rig.client, { ...parameters, MaxKeys }), AWKWARD, `pages of ${MaxKeys}`);
      }),
  },
  {
    name: "eachObject() that is left early asks for no more pages",
    run: (t, rig) =>
      withObjects(rig, NAMES, async (parameters) => {
        const script = new Script();
        const client = rig.createClient({}, script.wrap);
        for await (const { Key } of eachObject(client, { ...parameters, MaxKeys: 2 }))
          if (Key.endsWith("b/1")) break;
        t.equal(script.count("ListObjects"), 1, "pages");
      }),
  },
  {
    name: "eachObject() of a bucket with no such objects yields none",
    run: async (t, rig) => {
      const Prefix = rig.uniqueKey("nothing");
      t.deepEqual(await keysOf(rig.client, { Bucket: rig.Bucket, Prefix }), [], "keys");
    },
  },
  {
    name: "eachObject() goes on after the last key where no next marker is named",
    run: async (t, rig) => {
      const script = new Script({ ListObjects: [respondsWith(page(["a", "b"]))] });
      const client = rig.createClient({}, script.wrap);
      const keys = eachObject(client, { Bucket: rig.Bucket });
      for (let count = 0; count < 3; count += 1) await keys.next();
      await keys.return();
      const markers = script.sent.map(({ url }) => new URL(url).searchParams.get("marker"));
      t.deepEqual(markers, [null, "b"], "markers");
    },
  },
  {
    name: "eachObject() fails when a page repeats its marker, or pages go in circles",
    run: async (t, rig) => {
      const { Bucket } = rig;
      const circle = ["p", "q", "r"].map((key) => respondsWith(page([key], key)));
      const circles = [[respondsWith(page(["p"], "p"))], circle, [respondsWith(page([], ""))]];
      for (const pages of circles) {
        const script = new Script({ ListObjects: Array.from({ length: 9 }, () => pages).flat() });
        const client = rig.createClient({}, script.wrap);
        const failed = { code: "unexpected-response", retryable: false } as const;
        await t.throws(() => keysOf(client, { Bucket, Prefix: "" }), CosError, failed);
        t.ok(script.sent.length <= 9, `an end after ${script.sent.length} pages`);
      }
    },
  },
  {
    name: "eachFolderEntry() yields the objects and the folders directly below a prefix, over all pages",
    run: (t, rig) =>
      withObjects(rig, [...NAMES, "b c/2", "b c/3"], async ({ Bucket, Prefix }) => {
        const entries: string[] = [];
        for await (const entry of eachFolderEntry(rig.client, { Bucket, Prefix, MaxKeys: 2 }))
          entries.push("Key" in entry ? entry.Key : entry.Prefix);
        const names = NAMES.filter((name) => !name.includes("/"));
        const expected = [...names, "b/", "b c/"].map((name) => Prefix + name);
        t.deepEqual(entries.sort(), expected.sort(), "entries");
      }),
  },
  {
    name: "eachObject() takes no Delimiter, which would hide objects",
    run: async (t, rig) => {
      const wrong = { Bucket: rig.Bucket, Delimiter: "/" };
      await t.throws(() => keysOf(rig.client, wrong), ArgumentTypeError, { parameter: "Delimiter" });
    },
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
