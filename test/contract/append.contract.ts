import { CosError, IntegrityError, ServiceError } from "@cosup/core";
import type { ContractCase } from "./contract.ts";
import { iterableOf, MB, noise, streamOf, textBytes } from "./fixtures/bytes.ts";
import { Broken, breaks, losesResponse, refuses, Script, type Step } from "./fixtures/faults.ts";
import { quickClock } from "./fixtures/quick-clock.ts";
import { withMembers } from "./fixtures/runtimes.ts";
import { expectAbsent, expectStored } from "./fixtures/stored.ts";
import { md5Base64 } from "./reference/md5.ts";

const plain: readonly ContractCase[] = [
  {
    name: "appendObject() creates an appendable object, and returns the next position",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("append") };
      const first = await rig.client.appendObject({ ...object, Position: 0, Data: "hello" });
      t.equal(first.nextAppendPosition, 5, "nextAppendPosition");
      t.match(first.ETag, /^"?[0-9a-f]{32}"?$/, "ETag");
      t.ok(first.requestId, "requestId");
      const second = await rig.client.appendObject({ ...object, Position: "5", Data: textBytes(" world") });
      t.equal(second.nextAppendPosition, 11, "nextAppendPosition");
      await expectStored(t, rig, object.Key, textBytes("hello world"));
      const { headers } = await rig.client.headObject(object);
      t.equal(headers["x-cos-object-type"], "appendable", "x-cos-object-type");
    },
  },
  {
    name: "appendObject() of no bytes creates an empty appendable object",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("append") };
      const { nextAppendPosition } = await rig.client.appendObject({ ...object, Position: 0, Data: "" });
      t.equal(nextAppendPosition, 0, "nextAppendPosition");
      await expectStored(t, rig, object.Key, textBytes(""));
    },
  },
  {
    name: "appendObject() at a wrong position is a conflict, and changes nothing",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("append") };
      await rig.client.appendObject({ ...object, Position: 0, Data: "hello" });
      await t.throws(() => rig.client.appendObject({ ...object, Position: 3, Data: "x" }), ServiceError, {
        code: "conflict",
        cosCode: "AppendPositionErr",
        retryable: false,
      });
      await expectStored(t, rig, object.Key, textBytes("hello"));
    },
  },
  {
    name: "appendObject() to an object that is not appendable is a conflict",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("append") };
      await rig.client.putObject({ ...object, Body: "hello" });
      await t.throws(() => rig.client.appendObject({ ...object, Position: 5, Data: "x" }), ServiceError, {
        code: "conflict",
        cosCode: "ObjectNotAppendable",
      });
    },
  },
  {
    name: "appendObject() stores the headers of the first append",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("append") };
      const Metadata = { "x-cos-meta-log": "yes" };
      await rig.client.appendObject({
        ...object,
        Position: 0,
        Data: "a",
        ContentType: "text/x-log",
        Metadata,
      });
      const head = await rig.client.headObject(object);
      t.equal(head.ContentType, "text/x-log", "ContentType");
      t.deepEqual(head.Metadata, Metadata, "Metadata");
    },
  },
  {
    name: "appendObject() sends a stream in several appends, one after the other",
    run: async (t, rig) => {
      const script = new Script();
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("append") };
      const client = rig.createClient({}, (runtime) =>
        script.wrap(withMembers(runtime, { defaults: { ...runtime.defaults, partSize: MB } })),
      );
      const bytes = noise(2 * MB + 5);
      const told: (number | undefined)[][] = [];
      const { nextAppendPosition } = await client.appendObject({
        ...object,
        Position: 0,
        Data: streamOf(bytes),
        onProgress: (consumed, total) => told.push([consumed, total]),
      });
      t.equal(nextAppendPosition, bytes.length, "nextAppendPosition");
      t.equal(script.count("AppendObject"), 3, "appends");
      t.deepEqual(
        [...new Set(told.map(([consumed = 0]) => consumed))].filter((consumed) => consumed > 0),
        [MB, 2 * MB, 2 * MB + 5],
        "progress",
      );
      await expectStored(t, rig, object.Key, bytes);
    },
  },
  {
    name: "appendObject() takes an async iterable",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("append") };
      const bytes = noise(3000);
      await rig.client.appendObject({ ...object, Position: 0, Data: iterableOf(bytes, 999) });
      await expectStored(t, rig, object.Key, bytes);
    },
  },
  {
    name: "appendObject() with EnableMD5 sends Content-MD5",
    run: async (t, rig) => {
      const script = new Script();
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("append") };
      const client = rig.createClient({}, script.wrap);
      await client.appendObject({ ...object, Position: 0, Data: "hello", EnableMD5: true });
      t.equal(script.sent[0]?.headers["content-md5"], md5Base64(textBytes("hello")), "content-md5");
    },
  },
  {
    name: "appendObject() with the ContentMD5 of other bytes sends nothing",
    run: async (t, rig) => {
      const script = new Script();
      const Key = rig.uniqueKey("append");
      const client = rig.createClient({}, script.wrap);
      const ContentMD5 = md5Base64(textBytes("other"));
      await t.throws(
        () => client.appendObject({ Bucket: rig.Bucket, Key, Position: 0, Data: "hello", ContentMD5 }),
        IntegrityError,
        { code: "integrity", retryable: false },
      );
      t.equal(script.sent.length, 0, "requests");
      await expectAbsent(t, rig, Key);
    },
  },
];

interface Loss {
  readonly name: string;
  readonly steps: readonly Step[];
  /** Appends on the wire. */
  readonly sends: number;
}

/** However the response gets lost, the bytes are appended once. */
const LOSSES: readonly Loss[] = [
  { name: "that never arrived", steps: [breaks("reset")], sends: 2 },
  { name: "that could not connect", steps: [breaks("connect")], sends: 2 },
  { name: "that timed out on the way", steps: [breaks("timeout")], sends: 2 },
  { name: "that COS refused with 500", steps: [refuses(500, "InternalError")], sends: 2 },
  { name: "that COS refused with 503 SlowDown", steps: [refuses(503, "SlowDown")], sends: 2 },
  { name: "that was lost twice before it arrived", steps: [breaks("reset"), breaks("timeout")], sends: 3 },
  { name: "that COS refused with RequestTimeout", steps: [refuses(400, "RequestTimeout")], sends: 2 },
];

/** Appends that are stored, and whose response is lost: an equal append of another writer would look the same. */
const UNKNOWN = [
  { name: "whose response is lost", steps: [losesResponse] },
  {
    name: "that was lost on the way, and the response to its repetition too",
    steps: [breaks("reset"), losesResponse],
  },
];

const unknown = [0, 7].flatMap((position) =>
  UNKNOWN.map(
    ({ name, steps }): ContractCase => ({
      name: `an append at ${position} ${name} is stored once, and its outcome is unknown`,
      run: async (t, rig) => {
        const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("append-unknown") };
        const before = noise(position, 3);
        if (position > 0) await rig.client.appendObject({ ...object, Position: 0, Data: before });
        const script = new Script({ AppendObject: steps });
        const client = rig.createClient({}, script.wrap, quickClock());
        const data = noise(600, 4);
        const append = () => client.appendObject({ ...object, Position: position, Data: data });
        await t.throws(append, CosError, { code: "outcome-unknown", retryable: false });
        script.assertUsed(t);
        t.equal(script.count("AppendObject"), steps.length, "appends on the wire");
        await expectStored(t, rig, object.Key, new Uint8Array([...before, ...data]));
      },
    }),
  ),
);

const lost = [0, 7].flatMap((position) =>
  LOSSES.map(
    ({ name, steps, sends }): ContractCase => ({
      name: `an append at ${position} ${name} is stored exactly once`,
      run: async (t, rig) => {
        const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("append-once") };
        const before = noise(position, 3);
        if (position > 0) await rig.client.appendObject({ ...object, Position: 0, Data: before });
        const script = new Script({ AppendObject: steps });
        const client = rig.createClient({}, script.wrap, quickClock());
        const data = noise(600, 4);
        const result = await client.appendObject({ ...object, Position: position, Data: data });
        script.assertUsed(t);
        t.equal(result.nextAppendPosition, position + 600, "nextAppendPosition");
        t.equal(script.count("AppendObject"), sends, "appends on the wire");
        await expectStored(t, rig, object.Key, new Uint8Array([...before, ...data]));
      },
    }),
  ),
);

/** Another client writes while our append is under way, and our response is lost. */
function overtakenBy(append: () => Promise<unknown>): Step {
  return async () => {
    await append();
    throw new Broken("reset");
  };
}

const contested: readonly ContractCase[] = [
  {
    name: "an append that another writer's of equal length overtook is a conflict",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("append-race") };
      const theirs = overtakenBy(() => rig.client.appendObject({ ...object, Position: 0, Data: "theirs" }));
      const script = new Script({ AppendObject: [theirs] });
      const client = rig.createClient({}, script.wrap, quickClock());
      const append = () => client.appendObject({ ...object, Position: 0, Data: "ours!!" });
      await t.throws(append, CosError, { code: "conflict", retryable: false });
      await expectStored(t, rig, object.Key, textBytes("theirs"));
    },
  },
  {
    name: "an append that another writer's equal one overtook is no success",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("append-race") };
      const equal = overtakenBy(() => rig.client.appendObject({ ...object, Position: 0, Data: "equal" }));
      const script = new Script({ AppendObject: [equal] });
      const client = rig.createClient({}, script.wrap, quickClock());
      const append = () => client.appendObject({ ...object, Position: 0, Data: "equal" });
      await t.throws(append, CosError, { code: "outcome-unknown", retryable: false });
      await expectStored(t, rig, object.Key, textBytes("equal"));
    },
  },
  {
    name: "an append that somebody else's of another length overtook is no success",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("append-race") };
      const theirs = overtakenBy(() =>
        rig.client.appendObject({ ...object, Position: 0, Data: "longer than ours" }),
      );
      const script = new Script({ AppendObject: [theirs] });
      const client = rig.createClient({}, script.wrap, quickClock());
      await t.throws(() => client.appendObject({ ...object, Position: 0, Data: "ours" }), CosError);
      t.equal(script.count("AppendObject"), 1, "appends on the wire");
      await expectStored(t, rig, object.Key, textBytes("longer than ours"));
    },
  },
  {
    name: "an append whose outcome cannot be checked is outcome-unknown",
    run: async (t, rig) => {
      const Key = rig.uniqueKey("append-unknown");
      const script = new Script({ AppendObject: [losesResponse], HeadObject: refuses(403, "AccessDenied") });
      const client = rig.createClient({}, script.wrap, quickClock());
      await t.throws(
        () => client.appendObject({ Bucket: rig.Bucket, Key, Position: 0, Data: "hello" }),
        CosError,
        { code: "outcome-unknown", retryable: false, hint: /length is 0 .* 5/ },
      );
      t.equal(script.count("AppendObject"), 1, "appends on the wire");
    },
  },
];

export const cases: readonly ContractCase[] = [...plain, ...lost, ...unknown, ...contested];
