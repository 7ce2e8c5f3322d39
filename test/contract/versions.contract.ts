import { CosError } from "@cosup/core";
import {
  deleteObjects,
  type EachObjectVersionParameters,
  eachObjectVersion,
  listObjects,
  listObjectVersions,
} from "@cosup/core/objects";
import type { ContractCase, Rig } from "./contract.ts";
import { respondsWith, Script } from "./fixtures/faults.ts";

const ENABLED = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";

/** Two versions of `a` below a delete marker, and one of `b` with a key that XML cannot carry. */
async function withVersions(
  rig: Rig,
  use: (at: { Bucket: string; Prefix: string }) => Promise<void>,
): Promise<void> {
  const { client, versionedBucket: Bucket } = rig;
  const Prefix = `${rig.uniqueKey("versions")}/`;
  await client.request({ Method: "PUT", Bucket, Query: { versioning: "" }, Body: ENABLED });
  for (const Body of ["1", "22"]) await client.putObject({ Bucket, Key: `${Prefix}a`, Body });
  await client.deleteObject({ Bucket, Key: `${Prefix}a` });
  await client.putObject({ Bucket, Key: `${Prefix}b\n\u0001`, Body: "333" });
  await use({ Bucket, Prefix });
}

/** Each version as its name, and its size or "marker". */
async function named(rig: Rig, parameters: EachObjectVersionParameters): Promise<string[]> {
  const seen: string[] = [];
  for await (const item of eachObjectVersion(rig.client, parameters)) {
    const what = item.isDeleteMarker ? "marker" : item.Size;
    seen.push(`${item.Key.slice(parameters.Prefix?.length)} ${what}${item.IsLatest ? " latest" : ""}`);
  }
  return seen;
}

export const cases: readonly ContractCase[] = [
  {
    name: "listObjectVersions() gives every field of the document",
    run: (t, rig) =>
      withVersions(rig, async ({ Bucket, Prefix }) => {
        const page = await listObjectVersions(rig.client, {
          Bucket,
          Prefix,
          MaxKeys: 2,
          EncodingType: "url",
        });
        t.equal(page.Name, Bucket, "Name");
        t.equal(decodeURIComponent(page.Prefix), Prefix, "Prefix");
        t.equal(page.Delimiter + page.KeyMarker + page.VersionIdMarker, "", "Delimiter and markers");
        t.equal(page.MaxKeys, 2, "MaxKeys");
        t.equal(page.IsTruncated, true, "IsTruncated");
        t.equal(page.EncodingType, "url", "EncodingType");
        t.deepEqual(page.CommonPrefixes, [], "CommonPrefixes");
        const [marker] = page.DeleteMarker;
        const [version] = page.Version;
        t.equal(decodeURIComponent(page.NextKeyMarker ?? ""), `${Prefix}a`, "NextKeyMarker");
        t.equal(page.NextVersionIdMarker, version?.VersionId, "NextVersionIdMarker");
        t.ok(marker?.VersionId && marker.IsLatest && marker.LastModified && marker.Owner.ID, "the marker");
        t.ok(version?.VersionId && version.ETag && version.Owner.ID && version.StorageClass, "the version");
        t.equal(version?.Size, 2, "Size");
        t.equal(version?.IsLatest, false, "IsLatest");
      }),
  },
  {
    name: "eachObjectVersion() yields every version and delete marker, over all pages",
    run: (t, rig) =>
      withVersions(rig, async (at) => {
        const all = ["a marker latest", "a 2", "a 1", "b\n\u0001 3 latest"];
        t.deepEqual(await named(rig, { ...at, MaxKeys: 1 }), all, "pages of 1");
        t.deepEqual((await named(rig, at)).sort(), all.toSorted(), "one page");
        const after = await named(rig, { ...at, KeyMarker: `${at.Prefix}a` });
        t.deepEqual(after, ["b\n\u0001 3 latest"], "after a key");
      }),
  },
  {
    name: "eachObjectVersion() fails when its pages go in circles",
    run: async (t, rig) => {
      const page =
        "<ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>a</NextKeyMarker>" +
        "<NextVersionIdMarker>v</NextVersionIdMarker></ListVersionsResult>";
      const script = new Script({ ListObjectVersions: respondsWith(page) });
      const client = rig.createClient({}, script.wrap);
      const first = eachObjectVersion(client, { Bucket: rig.Bucket });
      await t.throws(() => first.next(), CosError, { code: "unexpected-response" });
      t.equal(script.sent.length, 2, "pages");
    },
  },
  {
    name: "deleteObjects() makes delete markers, and deletes versions for good",
    run: (t, rig) =>
      withVersions(rig, async ({ Bucket, Prefix }) => {
        const { client } = rig;
        const Objects = ["a", "b\n\u0001"].map((name) => ({ Key: `${Prefix}${name}` }));
        const { Deleted } = await deleteObjects(client, { Bucket, Objects });
        t.ok(Deleted.length === 2 && Deleted.every((item) => item.DeleteMarker), "markers");
        t.ok(
          Deleted.every((item) => item.DeleteMarkerVersionId),
          "DeleteMarkerVersionId",
        );
        t.deepEqual((await listObjects(client, { Bucket, Prefix })).Contents, [], "objects");
        t.equal((await named(rig, { Bucket, Prefix })).length, 6, "versions and markers");

        const versions: { Key: string; VersionId: string }[] = [];
        for await (const { Key, VersionId } of eachObjectVersion(client, { Bucket, Prefix }))
          versions.push({ Key, VersionId });
        const removed = await deleteObjects(client, { Bucket, Objects: versions });
        t.deepEqual(removed.Errors, [], "Errors");
        t.deepEqual(
          new Set(removed.Deleted.map(({ VersionId }) => VersionId)).size,
          new Set(versions.map(({ VersionId }) => VersionId)).size,
          "VersionId",
        );
        t.equal(removed.Deleted.filter((item) => item.DeleteMarker).length, 3, "removed markers");
        t.deepEqual(await named(rig, { Bucket, Prefix }), [], "what is left");
      }),
  },
];
