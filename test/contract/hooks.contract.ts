import type { RequestEvent, RetryEvent } from "@cosup/core";
import type { ContractCase } from "./contract.ts";
import { MB, noise, streamOf } from "./fixtures/bytes.ts";
import { eventsOf } from "./fixtures/channels.ts";
import { refuses, respondsWithHeaders, Script } from "./fixtures/faults.ts";
import { quickClock } from "./fixtures/quick-clock.ts";

export const cases: readonly ContractCase[] = [
  {
    name: "onRequest and onRetry see every attempt of an upload in parts",
    run: async (t, rig) => {
      const requests: RequestEvent[] = [];
      const retries: RetryEvent[] = [];
      const script = new Script({ UploadPart: [refuses(503, "SlowDown")] });
      const client = rig.createClient(
        { onRequest: (event) => requests.push(event), onRetry: (event) => retries.push(event) },
        script.wrap,
        quickClock(),
      );
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("hooks") };
      await client.uploadFile({ ...object, Body: streamOf(noise(2 * MB)), PartSize: 1, MAXThread: 1 });
      t.deepEqual(
        requests.map(({ operation, attempt, errorCode }) => [operation, attempt, errorCode]),
        [
          ["createMultipartUpload", 1, undefined],
          ["uploadPart", 1, "throttled"],
          ["uploadPart", 2, undefined],
          ["uploadPart", 1, undefined],
          ["completeMultipartUpload", 1, undefined],
        ],
        "attempts",
      );
      t.equal(retries.length, 1, "retries");
      t.equal(retries[0]?.requestId, "scripted-id", "request id of the refusal");
      t.ok(
        requests.every(({ Key, durationMs }) => Key === object.Key && durationMs !== undefined),
        "keys and durations",
      );
    },
  },
  {
    name: "onRetry is called for what is sent again after its response: a wrong checksum, a late error, an append that was not stored",
    run: async (t, rig) => {
      const retries: string[] = [];
      const wrong = respondsWithHeaders({ "x-cos-hash-crc64ecma": "12345" });
      const script = new Script({
        InitiateMultipartUpload: [refuses(200, "InternalError")],
        UploadPart: [wrong],
        CompleteMultipartUpload: [refuses(200, "InternalError"), refuses(503, "ServiceUnavailable")],
        PutObject: [wrong],
        AppendObject: [refuses(502, "BadGateway")],
      });
      const client = rig.createClient(
        {
          onRetry: ({ method, operation, errorCode }) => retries.push(`${method} ${operation}: ${errorCode}`),
        },
        script.wrap,
        quickClock(),
      );
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("again") };
      await client.uploadFile({ ...object, Body: streamOf(noise(2 * MB)), PartSize: 1, MAXThread: 1 });
      await client.putObject({ ...object, Body: "again" });
      await client.appendObject({ ...object, Key: `${object.Key}-append`, Position: 0, Data: "again" });
      t.deepEqual(
        retries,
        [
          "POST createMultipartUpload: service-unavailable",
          "PUT uploadPart: integrity",
          "POST completeMultipartUpload: service-unavailable",
          "POST completeMultipartUpload: service-unavailable",
          "PUT putObject: integrity",
          "POST appendObject: service-unavailable",
        ],
        "retries",
      );
    },
  },
  {
    name: "diagnostics channels see an attempt where the runtime has them, and no secret",
    run: async (t, rig) => {
      const { diagnostics, name } = rig.runtime;
      // Workers have none without nodejs_compat, and runtimes that only lend fetch have none at all.
      if (diagnostics === undefined)
        return t.equal(/^(node|deno)/i.test(name), false, `${name} has channels`);
      const Key = rig.uniqueKey("channels");
      const seen = await eventsOf(diagnostics, async () => {
        await rig.client.putObject({ Bucket: rig.Bucket, Key, Body: "x" });
        await rig.client.headObject({ Bucket: rig.Bucket, Key: `${Key}-none` }).catch(() => {});
      });
      const mine = seen.filter((event) => event.Key.startsWith(Key));
      t.deepEqual(
        mine.map(({ operation, status, errorCode }) => [operation, status, errorCode]),
        [
          ["putObject", undefined, undefined],
          ["putObject", 200, undefined],
          ["headObject", undefined, undefined],
          ["headObject", 404, "not-found"],
        ],
        "events",
      );
      t.equal(JSON.stringify(mine).includes(rig.secretKey), false, "the secret in the events");
    },
  },
];
