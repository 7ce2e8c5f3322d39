import { ServiceError, TransportError } from "@cosup/core";
import type { ContractCase, Rig } from "./contract.ts";
import { MB, noise, streamOf, textBytes } from "./fixtures/bytes.ts";
import {
  breaks,
  foreign,
  hangs,
  losesResponse,
  pass,
  refuses,
  Script,
  type Step,
} from "./fixtures/faults.ts";
import { quickClock } from "./fixtures/quick-clock.ts";
import { expectStored } from "./fixtures/stored.ts";

/** Failures that a retry repairs. */
const TRANSIENT: readonly (readonly [name: string, step: Step])[] = [
  ["500 InternalError", refuses(500, "InternalError")],
  ["502 from a proxy", foreign(502)],
  ["503 ServiceUnavailable", refuses(503, "ServiceUnavailable")],
  ["503 SlowDown", refuses(503, "SlowDown")],
  ["504 from a proxy", foreign(504)],
  ["429", refuses(429, "TooManyRequests")],
  ["408", refuses(408, "RequestTimeout")],
  ["400 RequestTimeout", refuses(400, "RequestTimeout")],
  ["400 UserNetworkTooSlow", refuses(400, "UserNetworkTooSlow")],
  ["400 IncompleteBody", refuses(400, "IncompleteBody")],
  ["400 BadDigest", refuses(400, "BadDigest")],
  ["a reset", breaks("reset")],
  ["a failed connection", breaks("connect")],
  ["a timeout", breaks("timeout")],
  ["an unknown transport failure", breaks("unknown")],
  ["a lost response", losesResponse],
];

const transient = TRANSIENT.map(
  ([name, step]): ContractCase => ({
    name: `putObject() survives ${name}, twice`,
    run: async (t, rig) => {
      const { object, client, script } = prepare(rig, { PutObject: [step, step] });
      const bytes = noise(777);
      await client.putObject({ ...object, Body: streamOf(bytes) });
      script.assertUsed(t);
      t.equal(script.count("PutObject"), 3, "attempts");
      const bodies = new Set(script.sent.map(({ body }) => body?.join()));
      t.equal(bodies.size, 1, "different bodies sent");
      await expectStored(t, rig, object.Key, bytes);
    },
  }),
);

/** Failures that no retry repairs. */
const FINAL = [
  [400, "InvalidArgument"],
  [403, "AccessDenied"],
  [404, "NoSuchBucket"],
  [405, "MethodNotAllowed"],
  [409, "FileAlreadyExists"],
  [411, "MissingContentLength"],
  [412, "PreconditionFailed"],
  [451, "UnavailableForLegalReasons"],
  [501, "NotImplemented"],
] as const;

const final = FINAL.map(
  ([status, code]): ContractCase => ({
    name: `putObject() is not retried after ${status} ${code}`,
    run: async (t, rig) => {
      const { object, client, script } = prepare(rig, { PutObject: refuses(status, code) });
      await t.throws(() => client.putObject({ ...object, Body: "x" }), ServiceError, {
        status,
        cosCode: code,
        retryable: false,
      });
      t.equal(script.sent.length, 1, "attempts");
    },
  }),
);

const pauses: readonly ContractCase[] = [
  {
    name: "pauses grow from 200 ms by doubling, with full jitter, up to 20 s",
    run: async (t, rig) => {
      const { object, client, script, clock } = prepare(
        rig,
        { PutObject: refuses(500, "InternalError") },
        {
          maxAttempts: 10,
        },
      );
      await t.throws(() => client.putObject({ ...object, Body: "x" }), ServiceError, { retryable: true });
      t.equal(script.count("PutObject"), 10, "attempts");
      // With the fixed random value, each pause is two fifths of its upper limit.
      t.deepEqual(clock.waits, [80, 160, 320, 640, 1280, 2560, 5120, 8000, 8000], "pauses");
    },
  },
  {
    name: "a request is attempted 8 times",
    run: async (t, rig) => {
      const { object, client, script } = prepare(rig, { HeadObject: breaks("timeout") });
      await t.throws(() => client.headObject(object), TransportError, { attempts: 8, code: "timeout" });
      t.equal(script.count("HeadObject"), 8, "attempts");
    },
  },
  {
    name: "maxAttempts 1 tries once",
    run: async (t, rig) => {
      const { object, client, script } = prepare(rig, { HeadObject: breaks("connect") }, { maxAttempts: 1 });
      await t.throws(() => client.headObject(object), TransportError, { code: "connect-failed" });
      t.equal(script.count("HeadObject"), 1, "attempts");
    },
  },
  {
    name: "Retry-After in seconds is honoured",
    run: async (t, rig) => {
      const step = refuses(429, "TooManyRequests", { "retry-after": "7" });
      const { object, client, clock } = prepare(rig, { PutObject: [step] });
      await client.putObject({ ...object, Body: "x" });
      t.equal(clock.waits.length, 1, "pauses");
      t.ok((clock.waits[0] ?? 0) >= 7000 && (clock.waits[0] ?? 0) <= 7350, `about 7 s: ${clock.waits}`);
    },
  },
  {
    name: "Retry-After as a date is honoured",
    run: async (t, rig) => {
      const date = new Date(Date.now() + 9000).toUTCString();
      const step = refuses(503, "SlowDown", { "retry-after": date });
      const { object, client, clock } = prepare(rig, { PutObject: [step] });
      await client.putObject({ ...object, Body: "x" });
      t.ok((clock.waits[0] ?? 0) >= 6000 && (clock.waits[0] ?? 0) <= 9500, `about 8 s: ${clock.waits}`);
    },
  },
  {
    name: "Retry-After is capped at a minute",
    run: async (t, rig) => {
      const step = refuses(503, "SlowDown", { "retry-after": "86400" });
      const script = new Script({ HeadObject: [step] });
      // The deadline of a HEAD is a minute too, and must not fire.
      const clock = quickClock({ fires: (delayMs) => delayMs !== 60_000 });
      const client = rig.createClient({}, script.wrap, clock);
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("retry") };
      await rig.client.putObject({ ...object, Body: "x" });
      await client.headObject(object);
      t.ok((clock.waits[0] ?? 0) > 60_000 && (clock.waits[0] ?? 0) <= 63_000, `about 60 s: ${clock.waits}`);
    },
  },
  {
    name: "a Retry-After that cannot be read changes nothing",
    run: async (t, rig) => {
      const step = refuses(503, "SlowDown", { "retry-after": "soon" });
      const { object, client, clock } = prepare(rig, { PutObject: [step] });
      await client.putObject({ ...object, Body: "x" });
      t.deepEqual(clock.waits, [80], "pauses");
    },
  },
  {
    name: "the first reset is retried at once, on a fresh connection",
    run: async (t, rig) => {
      const { object, client, script, clock } = prepare(rig, {
        PutObject: [breaks("reset"), breaks("reset")],
      });
      await client.putObject({ ...object, Body: "x" });
      t.deepEqual(
        script.sent.map(({ freshConnection }) => freshConnection),
        [false, true, true],
        "freshConnection",
      );
      t.equal(clock.waits.length, 1, "pauses");
    },
  },
  {
    name: "a request without a response ends at its deadline",
    run: async (t, rig) => {
      const script = new Script({ HeadObject: hangs });
      const client = rig.createClient({ maxAttempts: 2 }, script.wrap, quickClock({ fires: () => true }));
      const error = await t.throws(
        () => client.headObject({ Bucket: rig.Bucket, Key: rig.uniqueKey("retry") }),
        TransportError,
        { code: "timeout", failure: "timeout", attempts: 2, message: /within 60 s/ },
      );
      t.equal(error.retryable, true, "retryable");
    },
  },
  {
    name: "when everything fails, the retry budget of a client ends before the attempts do",
    run: async (t, rig) => {
      const script = new Script({ HeadObject: refuses(500, "InternalError") });
      const client = rig.createClient({ maxAttempts: 100 }, script.wrap, quickClock());
      const ask = () => client.headObject({ Bucket: rig.Bucket, Key: rig.uniqueKey("retry") });
      await t.throws(ask, ServiceError);
      t.ok(script.sent.length < 105, `${script.sent.length} requests of the first call`);
      const before = script.sent.length;
      for (let call = 0; call < 5; call += 1) await t.throws(ask, ServiceError);
      t.ok(script.sent.length - before <= 10, `${script.sent.length - before} requests of five more calls`);
    },
  },
  {
    name: "every attempt has a signature of its own",
    run: async (t, rig) => {
      let now = Date.now();
      const script = new Script({ PutObject: [refuses(500, "InternalError")] });
      const client = rig.createClient({}, script.wrap, { ...quickClock(), now: () => now });
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("retry") };
      const first = client.putObject({ ...object, Body: "x" });
      now += 400_000;
      await first;
      await client.putObject({ ...object, Body: "x" });
      const times = script.sent.map(
        ({ headers }) => /q-sign-time=(\d+)/.exec(headers.authorization ?? "")?.[1],
      );
      t.ok(new Set(times).size > 1, `different times: ${times.join()}`);
    },
  },
];

const careful: readonly ContractCase[] = [
  {
    name: "createMultipartUpload() is not retried after a lost response",
    run: async (t, rig) => {
      const { object, client, script } = prepare(rig, { InitiateMultipartUpload: [losesResponse] });
      await t.throws(() => client.createMultipartUpload(object), TransportError, {
        code: "connection-reset",
      });
      t.equal(script.sent.length, 1, "attempts");
    },
  },
  {
    name: "createMultipartUpload() is retried when it certainly did not happen",
    run: async (t, rig) => {
      const { object, client, script } = prepare(rig, {
        InitiateMultipartUpload: [breaks("connect"), refuses(503, "SlowDown")],
      });
      const { UploadId } = await client.createMultipartUpload(object);
      script.assertUsed(t);
      await client.abortMultipartUpload({ ...object, UploadId });
    },
  },
  {
    name: "completeMultipartUpload() is not retried after a lost response",
    run: async (t, rig) => {
      const { object, client, script } = prepare(rig, { CompleteMultipartUpload: [losesResponse] });
      const { UploadId } = await client.createMultipartUpload(object);
      const { ETag } = await client.uploadPart({ ...object, UploadId, PartNumber: 1, Body: "x" });
      const MultipartUpload = { Part: [{ PartNumber: 1, ETag }] };
      await t.throws(
        () => client.completeMultipartUpload({ ...object, UploadId, MultipartUpload }),
        TransportError,
      );
      t.equal(script.count("CompleteMultipartUpload"), 1, "attempts");
      await expectStored(t, rig, object.Key, textBytes("x"));
    },
  },
  {
    name: "uploadFile() initiates again after a lost Initiate, and warns of the orphan",
    run: async (t, rig) => {
      const { object, client, script } = prepare(rig, { InitiateMultipartUpload: [losesResponse] });
      const warnings: string[] = [];
      const bytes = noise(MB + 1);
      await client.uploadFile({
        ...object,
        Body: streamOf(bytes),
        PartSize: 1,
        onWarning: ({ code }) => warnings.push(code),
      });
      script.assertUsed(t);
      t.deepEqual(warnings, ["orphan-upload"], "warnings");
      await expectStored(t, rig, object.Key, bytes);
    },
  },
  {
    name: "a failing part does not disturb the others",
    run: async (t, rig) => {
      const { object, client, script } = prepare(rig, {
        UploadPart: [breaks("reset"), pass, refuses(503, "SlowDown"), losesResponse],
      });
      const bytes = noise(4 * MB + 1);
      const { partsSent } = await client.uploadFile({ ...object, Body: streamOf(bytes), PartSize: 1 });
      script.assertUsed(t);
      t.equal(partsSent, 5, "partsSent");
      t.equal(script.count("UploadPart"), 8, "part requests");
      await expectStored(t, rig, object.Key, bytes);
    },
  },
];

export const cases: readonly ContractCase[] = [...transient, ...final, ...pauses, ...careful];

function prepare(
  rig: Rig,
  plan: ConstructorParameters<typeof Script>[0],
  options: { maxAttempts?: number } = {},
) {
  const script = new Script(plan);
  const clock = quickClock();
  const client = rig.createClient(options, script.wrap, clock);
  return { script, clock, client, object: { Bucket: rig.Bucket, Key: rig.uniqueKey("retry") } };
}
