import { ServiceError } from "@cosup/core";
import type { ContractCase, Rig } from "./contract.ts";
import { MB, noise, streamOf, textBytes } from "./fixtures/bytes.ts";
import { Script } from "./fixtures/faults.ts";
import { expectStored } from "./fixtures/stored.ts";

/** The ACL of an object, which only a plain request can ask for. */
async function aclOf(rig: Rig, Key: string): Promise<string> {
  const url = await rig.client.getPresignedUrl({
    Bucket: rig.Bucket,
    Key,
    Method: "GET",
    Params: { acl: "" },
  });
  return (await fetch(url)).text();
}

/** The status of a request without credentials. */
async function anonymousStatus(rig: Rig, Key: string): Promise<number> {
  const response = await fetch(`${rig.endpoint.replace("{Bucket}", rig.Bucket)}/${Key}`);
  await response.arrayBuffer();
  return response.status;
}

export const cases: readonly ContractCase[] = [
  {
    name: "ACL public-read lets everybody read, private nobody",
    run: async (t, rig) => {
      const { Bucket, client } = rig;
      const open = rig.uniqueKey("acl");
      const closed = rig.uniqueKey("acl");
      await client.putObject({ Bucket, Key: open, Body: "x", ACL: "public-read" });
      await client.putObject({ Bucket, Key: closed, Body: "x", ACL: "private" });
      t.equal(await anonymousStatus(rig, open), 200, "status of the public one");
      t.equal(await anonymousStatus(rig, closed), 403, "status of the private one");
    },
  },
  {
    name: "GrantRead and GrantFullControl grant access",
    run: async (t, rig) => {
      const { Bucket, client } = rig;
      const Key = rig.uniqueKey("acl");
      await client.putObject({
        Bucket,
        Key,
        Body: "x",
        GrantRead: 'id="100000000001"',
        GrantFullControl: 'id="100000000002",id="100000000003"',
      });
      const acl = await aclOf(rig, Key);
      const grants = [...acl.matchAll(/<ID>(1000\d+)<\/ID>.*?<Permission>(\w+)</gs)].map((match) =>
        match.slice(1).join(" "),
      );
      t.deepEqual(
        grants,
        ["100000000001 READ", "100000000002 FULL_CONTROL", "100000000003 FULL_CONTROL"],
        "grants",
      );
    },
  },
  {
    name: "putObject() with ForbidOverwrite keeps the existing object",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("forbid") };
      await rig.client.putObject({ ...object, Body: "old", ForbidOverwrite: true });
      await t.throws(
        () => rig.client.putObject({ ...object, Body: "new", ForbidOverwrite: true }),
        ServiceError,
        { code: "conflict", cosCode: "FileAlreadyExists", status: 409, retryable: false },
      );
      await expectStored(t, rig, object.Key, textBytes("old"));
    },
  },
  {
    name: "TrafficLimit goes with every request that carries bytes, and with no other",
    run: async (t, rig) => {
      const script = new Script();
      const client = rig.createClient({}, script.wrap);
      const Body = streamOf(noise(MB + 1));
      const Key = rig.uniqueKey("limit");
      await client.uploadFile({ Bucket: rig.Bucket, Key, Body, PartSize: 1, TrafficLimit: "838860800" });
      const limits = script.sent
        .map(({ kind, headers }) => `${kind} ${headers["x-cos-traffic-limit"]}`)
        .sort();
      t.deepEqual(
        limits,
        [
          "CompleteMultipartUpload undefined",
          "InitiateMultipartUpload undefined",
          "UploadPart 838860800",
          "UploadPart 838860800",
        ],
        "x-cos-traffic-limit",
      );
    },
  },
  {
    name: "an unknown StorageClass is refused by COS",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("class") };
      await t.throws(
        () => rig.client.putObject({ ...object, Body: "x", StorageClass: "FROZEN" }),
        ServiceError,
        { code: "invalid-request", status: 400 },
      );
    },
  },
];
