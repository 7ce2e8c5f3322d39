import { ArgumentRangeError, type ArgumentTypeError, ServiceError, TransportError } from "@cosup/core";
import { deleteObjects, eachObject } from "@cosup/core/objects";
import type { ContractCase, Rig } from "./contract.ts";
import { breaks, foreign, losesResponse, refuses, respondsWith, Script } from "./fixtures/faults.ts";
import { quickClock } from "./fixtures/quick-clock.ts";

/** Stores empty objects below a prefix of their own. */
async function stored(rig: Rig, names: readonly string[]): Promise<{ Bucket: string; Prefix: string }> {
  const { Bucket, client } = rig;
  const Prefix = `${rig.uniqueKey("deletion")}/`;
  for (const name of names) await client.putObject({ Bucket, Key: `${Prefix}${name}`, Body: "" });
  return { Bucket, Prefix };
}

async function left(rig: Rig, Prefix: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { Key } of eachObject(rig.client, { Bucket: rig.Bucket, Prefix }))
    names.push(Key.slice(Prefix.length));
  return names;
}

/** Names that XML can carry, escaped or not. */
const CARRIED = ["&amp;", "<Key>", "]]>", "\"'", "%20+", "中文", "🎉", "007", "a  b", "__proto__"] as const;
/** Names that XML cannot carry, or that a parser may change. */
const CHANGED = ["\u0001", "a\n", "\tb", "c\r\nd", " e", "e ", "\ufffe", "\u007f"] as const;
/** Other objects: what a careless parser would delete instead. */
const NEIGHBOURS = ["&", "a", "b", "c\nd", "e", "a b"] as const;

export const cases: readonly ContractCase[] = [
  {
    name: "deleteObjects() deletes what it names with one request, and nothing else",
    run: async (t, rig) => {
      const { Bucket, Prefix } = await stored(rig, [...CARRIED, ...NEIGHBOURS]);
      const script = new Script();
      const client = rig.createClient({}, script.wrap);
      const Objects = [...CARRIED, "absent"].map((name) => ({ Key: `${Prefix}${name}` }));
      const result = await deleteObjects(client, { Bucket, Objects });
      t.deepEqual(script.kinds, ["DeleteMultipleObjects"], "requests");
      t.deepEqual(
        result.Deleted.map(({ Key, VersionId, DeleteMarker }) => ({ Key, VersionId, DeleteMarker })),
        Objects.map(({ Key }) => ({ Key, VersionId: undefined, DeleteMarker: false })),
        "Deleted",
      );
      t.deepEqual(result.Errors, [], "Errors");
      t.equal(result.requestIds.length, 1, "requestIds");
      t.deepEqual(await left(rig, Prefix), [...NEIGHBOURS].sort(), "left");
    },
  },
  {
    name: "deleteObjects() deletes a key that XML might change by a request of its own",
    run: async (t, rig) => {
      const { Bucket, Prefix } = await stored(rig, [...CHANGED, ...NEIGHBOURS]);
      const script = new Script();
      const client = rig.createClient({}, script.wrap);
      // At an end of the whole key, too.
      const Objects = [...CHANGED.map((name) => `${Prefix}${name}`), " ", "  x"].map((Key) => ({ Key }));
      const { Deleted, Errors } = await deleteObjects(client, { Bucket, Objects });
      t.deepEqual(
        new Set(Deleted.map(({ Key }) => Key)).size === Objects.length && Errors.length === 0,
        true,
        "all are deleted",
      );
      t.deepEqual(await left(rig, Prefix), [...NEIGHBOURS].sort(), "left");
      t.equal(script.count("DeleteMultipleObjects") <= 1, true, "requests with a document");
    },
  },
  {
    name: "deleteObjects() sends 1000 keys with each request, and none without keys",
    run: async (t, rig) => {
      const { Bucket, Prefix } = await stored(rig, ["first", "last"]);
      const script = new Script();
      const client = rig.createClient({}, script.wrap);
      t.deepEqual(
        await deleteObjects(client, { Bucket, Objects: [] }),
        { Deleted: [], Errors: [], requestIds: [] },
        "of nothing",
      );
      t.equal(script.sent.length, 0, "requests for nothing");
      const names = ["first", ...Array.from({ length: 1999 }, (_, index) => `absent ${index}`), "last"];
      const Objects = names.map((name) => ({ Key: `${Prefix}${name}` }));
      const { Deleted, requestIds } = await deleteObjects(client, { Bucket, Objects });
      t.equal(script.count("DeleteMultipleObjects"), 3, "requests");
      t.equal(Deleted.length, 2001, "Deleted");
      t.equal(requestIds.length, 3, "requestIds");
      t.deepEqual(await left(rig, Prefix), [], "left");
    },
  },
  {
    name: "deleteObjects() with Quiet reports only errors",
    run: async (t, rig) => {
      const { Bucket, Prefix } = await stored(rig, ["a", "b "]);
      const Objects = [{ Key: `${Prefix}a` }, { Key: `${Prefix}b ` }];
      const { Deleted, Errors } = await deleteObjects(rig.client, { Bucket, Objects, Quiet: true });
      t.deepEqual([Deleted, Errors], [[], []], "Deleted and Errors");
      t.deepEqual(await left(rig, Prefix), [], "left");
    },
  },
  {
    name: "deleteObjects() reports the error of a single key, and rejects when a request fails",
    run: async (t, rig) => {
      const { Bucket } = rig;
      const document =
        "<DeleteResult><Deleted><Key>a</Key></Deleted><Error><Key>b &amp; c</Key><VersionId>v</VersionId>" +
        "<Code>AccessDenied</Code><Message>No.</Message></Error></DeleteResult>";
      const script = new Script({
        DeleteMultipleObjects: [respondsWith(document), refuses(403, "AccessDenied")],
        DeleteObject: [refuses(403, "AccessDenied"), refuses(404, "NoSuchBucket")],
      });
      const client = rig.createClient({}, script.wrap);
      const Objects = [{ Key: "a" }, { Key: "b & c", VersionId: "v" }, { Key: " d" }];
      const { Deleted, Errors } = await deleteObjects(client, { Bucket, Objects });
      t.deepEqual(
        Deleted.map(({ Key }) => Key),
        ["a"],
        "Deleted",
      );
      const refused = { Code: "AccessDenied", Message: "No." };
      t.deepEqual(Errors[0], { Key: "b & c", VersionId: "v", ...refused }, "of the document");
      t.equal(Errors[1]?.Key, " d", "of the request for one key");
      t.equal(Errors[1]?.Code, "AccessDenied", "its Code");
      const all = (Key: string) => () => deleteObjects(client, { Bucket, Objects: [{ Key }] });
      await t.throws(all("a"), ServiceError, { code: "access-denied" });
      await t.throws(all(" d"), ServiceError, { cosCode: "NoSuchBucket" });
      script.assertUsed(t);
    },
  },
  {
    name: "deleteObjects() is sent again after a lost response, a proxy's page, and a response that lacks a key",
    run: async (t, rig) => {
      const { Bucket, Prefix } = await stored(rig, ["a", "b"]);
      const incomplete = `<DeleteResult><Deleted><Key>${Prefix}a</Key></Deleted></DeleteResult>`;
      const script = new Script({
        DeleteMultipleObjects: [breaks("connect"), losesResponse, foreign(502), respondsWith(incomplete)],
      });
      const client = rig.createClient({}, script.wrap, quickClock());
      const Objects = [{ Key: `${Prefix}a` }, { Key: `${Prefix}b` }];
      t.equal((await deleteObjects(client, { Bucket, Objects })).Deleted.length, 2, "Deleted");
      script.assertUsed(t);
      t.equal(script.sent.length, 5, "requests");
      const broken = new Script({ DeleteMultipleObjects: breaks("reset") });
      const hopeless = rig.createClient({ maxAttempts: 2 }, broken.wrap, quickClock());
      await t.throws(() => deleteObjects(hopeless, { Bucket, Objects }), TransportError);
    },
  },
  {
    name: "deleteObjects() refuses a wrong item by its index, before anything is sent",
    run: async (t, rig) => {
      const { Bucket } = rig;
      const script = new Script();
      const client = rig.createClient({}, script.wrap);
      const Objects = [{ Key: "a" }, { Key: "" }];
      await t.throws(() => deleteObjects(client, { Bucket, Objects }), ArgumentRangeError, {
        parameter: "Objects[1].Key",
      });
      const misspelt = [{ Key: "a", VersionID: "v" }];
      const error = await t.throws<ArgumentTypeError>(
        () => deleteObjects(client, { Bucket, Objects: misspelt }),
        TypeError as never,
      );
      t.match(error.message, /Objects\[0\].*VersionID/, "message");
      t.equal(script.sent.length, 0, "requests");
    },
  },
];
