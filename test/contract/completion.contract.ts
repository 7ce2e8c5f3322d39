import { CosError, ServiceError } from "@cosup/core";
import type { ContractCase, Rig } from "./contract.ts";
import { MB, noise, streamOf, textBytes } from "./fixtures/bytes.ts";
import {
  Broken,
  breaks,
  foreign,
  losesResponse,
  type Plan,
  refuses,
  respondsWith,
  Script,
  type Step,
} from "./fixtures/faults.ts";
import { quickClock } from "./fixtures/quick-clock.ts";
import { expectAbsent, expectStored, openUploads } from "./fixtures/stored.ts";

function prepare(rig: Rig, plan: Plan) {
  const script = new Script(plan);
  const client = rig.createClient({}, script.wrap, quickClock());
  const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("complete") };
  const bytes = noise(MB + 50, object.Key.length);
  const upload = () => client.uploadFile({ ...object, Body: streamOf(bytes), PartSize: 1 });
  return { script, object, bytes, upload };
}

/** An error that comes after the 200, as COS sends it. */
function late(code: string): Step {
  return async (_deliver, request) => {
    const response = await refuses(503, code)(async () => new Response(), request);
    return new Response(`   \n${await response.text()}`, {
      status: 200,
      headers: { "content-type": "application/xml", "x-cos-request-id": "scripted-id" },
    });
  };
}

/** Failures of Complete that leave its outcome open until the client has checked it. */
const SETTLED: readonly (readonly [what: string, steps: readonly Step[], sends: number])[] = [
  ["whose response is lost", [losesResponse], 1],
  ["that never arrived", [breaks("reset")], 2],
  ["that timed out before it arrived", [breaks("timeout")], 2],
  ["that never arrived, and whose second response is lost", [breaks("reset"), losesResponse], 2],
  ["that was refused with 500", [refuses(500, "InternalError")], 2],
  ["that was refused with 503", [refuses(503, "SlowDown")], 2],
  ["that failed late with InternalError", [late("InternalError")], 2],
  ["that failed late with ServiceUnavailable, twice", [late("ServiceUnavailable"), late("SlowDown")], 3],
  ["whose response came from a proxy", [foreign(200)], 2],
  ["that happened, but got a 500", [happensBut(500)], 1],
  ["that happened, but got an HTML page", [respondsWith("<html></html>")], 1],
];

const settled = SETTLED.map(
  ([what, steps, sends]): ContractCase => ({
    name: `a Complete ${what} is resolved, and the object is the source`,
    run: async (t, rig) => {
      const { script, object, bytes, upload } = prepare(rig, { CompleteMultipartUpload: steps });
      const { size } = await upload();
      script.assertUsed(t);
      t.equal(size, bytes.length, "size");
      t.equal(script.count("CompleteMultipartUpload"), sends, "times sent");
      await expectStored(t, rig, object.Key, bytes);
      t.deepEqual(await openUploads(rig, object.Key), [], "unfinished uploads");
    },
  }),
);

const others: readonly ContractCase[] = [
  {
    name: "a Complete with white space before its document is a success",
    run: async (t, rig) => {
      const padded: Step = async (deliver) => {
        const response = await deliver();
        return new Response(`\n\n   ${await response.text()}`, { headers: new Headers(entriesOf(response)) });
      };
      const { script, object, bytes, upload } = prepare(rig, { CompleteMultipartUpload: [padded] });
      await upload();
      script.assertUsed(t);
      await expectStored(t, rig, object.Key, bytes);
    },
  },
  {
    name: "a Complete that COS refuses permanently fails, and leaves nothing behind",
    run: async (t, rig) => {
      const { object, upload } = prepare(rig, {
        CompleteMultipartUpload: refuses(403, "AccessDenied"),
      });
      await t.throws(upload, ServiceError, { code: "access-denied" });
      await expectAbsent(t, rig, object.Key);
      t.deepEqual(await openUploads(rig, object.Key), [], "unfinished uploads");
    },
  },
  {
    name: "a Complete that fails permanently after its 200 is an error",
    run: async (t, rig) => {
      const { object, upload } = prepare(rig, { CompleteMultipartUpload: late("InvalidPart") });
      await t.throws(upload, ServiceError, { cosCode: "InvalidPart" });
      await expectAbsent(t, rig, object.Key);
    },
  },
  {
    name: "another object at the key does not resolve a lost Complete",
    run: async (t, rig) => {
      let key = "";
      const overtaken: Step = async (deliver) => {
        await (await deliver()).arrayBuffer();
        await rig.client.putObject({ Bucket: rig.Bucket, Key: key, Body: "somebody else's" });
        throw new Broken("reset");
      };
      const { script, object, upload } = prepare(rig, { CompleteMultipartUpload: [overtaken] });
      key = object.Key;
      await t.throws(upload, CosError, { code: "outcome-unknown", retryable: false, hint: /HEAD/ });
      script.assertUsed(t);
      await expectStored(t, rig, key, textBytes("somebody else's"));
    },
  },
  {
    name: "the same bytes from an earlier upload do not resolve a lost Complete while the upload is open",
    run: async (t, rig) => {
      const { script, object, bytes, upload } = prepare(rig, {
        CompleteMultipartUpload: [breaks("reset")],
      });
      await rig.client.putObject({ ...object, Body: bytes });
      const { ETag } = await upload();
      script.assertUsed(t);
      t.match(ETag, /-2"$/, "the ETag of the new object");
      t.equal((await rig.client.headObject(object)).ETag, ETag, "the object's ETag");
    },
  },
  {
    name: "a lost Complete that HEAD cannot resolve is outcome-unknown",
    run: async (t, rig) => {
      const { upload } = prepare(rig, {
        CompleteMultipartUpload: [losesResponse],
        HeadObject: refuses(403, "AccessDenied"),
      });
      await t.throws(upload, CosError, { code: "outcome-unknown", message: /lost/ });
    },
  },
  {
    name: "a Complete that got NoSuchUpload though it happened is a success",
    run: async (t, rig) => {
      const { script, object, bytes, upload } = prepare(rig, {
        CompleteMultipartUpload: [happensBut(404, "NoSuchUpload")],
      });
      await upload();
      script.assertUsed(t);
      await expectStored(t, rig, object.Key, bytes);
    },
  },
];

const forbidden: readonly ContractCase[] = [
  {
    name: "a PUT under ForbidOverwrite whose response is lost is outcome-unknown when an equal object is there",
    run: async (t, rig) => {
      const script = new Script({ PutObject: [losesResponse] });
      const client = rig.createClient({}, script.wrap, quickClock());
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("forbid") };
      const put = () => client.putObject({ ...object, Body: "ours", ForbidOverwrite: true });
      await t.throws(put, CosError, { code: "outcome-unknown", retryable: false });
      t.equal(script.count("PutObject"), 2, "times sent");
      await expectStored(t, rig, object.Key, textBytes("ours"));
    },
  },
  {
    name: "a PUT under ForbidOverwrite that never arrived is refused for another's object",
    run: async (t, rig) => {
      const script = new Script({ PutObject: [breaks("reset")] });
      const client = rig.createClient({}, script.wrap, quickClock());
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("forbid") };
      await rig.client.putObject({ ...object, Body: "theirs" });
      const put = () => client.putObject({ ...object, Body: "ours", ForbidOverwrite: true });
      await t.throws(put, ServiceError, { code: "conflict", cosCode: "FileAlreadyExists" });
      script.assertUsed(t);
      await expectStored(t, rig, object.Key, textBytes("theirs"));
    },
  },
];

export const cases: readonly ContractCase[] = [...settled, ...others, ...forbidden];

function happensBut(status: number, code = "InternalError"): Step {
  return async (deliver, request) => {
    await (await deliver()).arrayBuffer();
    return refuses(status, code)(deliver, request);
  };
}

function entriesOf(response: Awaited<ReturnType<Step>>): [string, string][] {
  const entries: [string, string][] = [];
  response.headers.forEach((value, name) => {
    entries.push([name, value]);
  });
  return entries;
}
