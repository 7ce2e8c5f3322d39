import { IntegrityError } from "@cosup/core";
import type { Runtime } from "@cosup/core/runtime";
import vectors from "../vectors/signature-vectors.json" with { type: "json" };
import type { ContractCase } from "./contract.ts";
import { MB, noise, streamOf, textBytes } from "./fixtures/bytes.ts";
import { pass, respondsWithHeaders, Script, type Step } from "./fixtures/faults.ts";
import { quickClock } from "./fixtures/quick-clock.ts";
import { expectAbsent, expectStored, openUploads } from "./fixtures/stored.ts";
import { md5Base64 } from "./reference/md5.ts";

const lies = respondsWithHeaders({ "x-cos-hash-crc64ecma": "12345" });
const silent = respondsWithHeaders({ "x-cos-hash-crc64ecma": undefined });
const otherEtag = respondsWithHeaders({
  "x-cos-hash-crc64ecma": undefined,
  etag: '"00000000000000000000000000000000"',
});

const known = vectors.crc64ecma.map((vector): ContractCase => {
  const text = vector.ascii ?? vector.utf8 ?? (vector.repeat === undefined ? "" : "a".repeat(1024));
  return {
    name: `the CRC64 of ${text.length} characters (${text.slice(0, 9)}) is the known one`,
    run: async (t, rig) => {
      const { crc64 } = await rig.client.putObject({
        Bucket: rig.Bucket,
        Key: rig.uniqueKey("crc"),
        Body: text,
      });
      t.equal(crc64, vector.crc64ecma, "crc64");
    },
  };
});

/** Lengths around the blocks, folds and windows of the digests. */
const EDGES = [55, 56, 63, 64, 65, 127, 128, 129, 4095, 4096, 4097, 65_535, 65_536, 65_537, 300_001] as const;

const edges = EDGES.map(
  (length): ContractCase => ({
    name: `CRC64 and MD5 of ${length} bytes are COS's own`,
    run: async (t, rig) => {
      const Key = rig.uniqueKey("edge");
      const bytes = noise(length, length);
      const { ETag } = await rig.client.putObject({
        Bucket: rig.Bucket,
        Key,
        Body: new Blob([bytes]),
        EnableMD5: true,
      });
      t.ok(ETag, "ETag");
      await expectStored(t, rig, Key, bytes);
    },
  }),
);

const md5: readonly ContractCase[] = [
  {
    name: "putObject() always sends Content-MD5, so that COS refuses wrong bytes before they replace the object",
    run: async (t, rig) => {
      const script = new Script();
      const client = rig.createClient({}, script.wrap);
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("md5"), Body: "abc" };
      await client.putObject({ ...object, EnableMD5: true });
      await client.putObject(object);
      const sum = md5Base64(textBytes("abc"));
      const sums = script.sent.map(({ headers }) => headers["content-md5"]);
      t.deepEqual(sums, [sum, sum], "content-md5");
    },
  },
  {
    name: "uploadFile() with EnableMD5 sends the Content-MD5 of each part",
    run: async (t, rig) => {
      const script = new Script();
      const client = rig.createClient({}, script.wrap);
      const Key = rig.uniqueKey("md5");
      const bytes = noise(3 * MB + 7);
      await client.uploadFile({
        Bucket: rig.Bucket,
        Key,
        Body: streamOf(bytes),
        PartSize: 1,
        EnableMD5: true,
      });
      const parts = script.sent.filter(({ kind }) => kind === "UploadPart");
      t.equal(parts.length, 4, "parts");
      for (const { headers, body = new Uint8Array(0) } of parts)
        t.equal(headers["content-md5"], md5Base64(body), "content-md5");
      await expectStored(t, rig, Key, bytes);
    },
  },
  {
    name: "putObject() with the right ContentMD5 sends it on",
    run: async (t, rig) => {
      const script = new Script();
      const client = rig.createClient({}, script.wrap);
      const ContentMD5 = md5Base64(textBytes("abc"));
      const Key = rig.uniqueKey("md5");
      await client.putObject({ Bucket: rig.Bucket, Key, Body: streamOf(textBytes("abc")), ContentMD5 });
      t.equal(script.sent[0]?.headers["content-md5"], ContentMD5, "content-md5");
    },
  },
  {
    name: "putObject() with the ContentMD5 of other bytes sends nothing",
    run: async (t, rig) => {
      const script = new Script();
      const client = rig.createClient({}, script.wrap);
      const ContentMD5 = md5Base64(textBytes("other"));
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("md5") };
      await t.throws(() => client.putObject({ ...object, Body: "abc", ContentMD5 }), IntegrityError, {
        code: "integrity",
        retryable: false,
      });
      t.equal(script.sent.length, 0, "requests");
    },
  },
  {
    name: "uploadFile() in parts with the right ContentMD5 of the whole publishes",
    run: async (t, rig) => {
      const bytes = noise(2 * MB + 1);
      const Key = rig.uniqueKey("md5");
      const ContentMD5 = md5Base64(bytes);
      await rig.client.uploadFile({
        Bucket: rig.Bucket,
        Key,
        Body: streamOf(bytes),
        PartSize: 1,
        ContentMD5,
      });
      await expectStored(t, rig, Key, bytes);
    },
  },
  {
    name: "uploadFile() in parts with another ContentMD5 publishes nothing and leaves nothing behind",
    run: async (t, rig) => {
      const Key = rig.uniqueKey("md5");
      const ContentMD5 = md5Base64(textBytes("other"));
      const Body = streamOf(noise(MB + 1));
      await t.throws(
        () => rig.client.uploadFile({ Bucket: rig.Bucket, Key, Body, PartSize: 1, ContentMD5 }),
        IntegrityError,
        { code: "integrity", retryable: false },
      );
      await expectAbsent(t, rig, Key);
      t.deepEqual(await openUploads(rig, Key), [], "unfinished uploads");
    },
  },
];

interface Doubt {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly verified: boolean;
  readonly sends: number;
}

const DOUBTS: readonly Doubt[] = [
  { name: "another CRC64 once", steps: [lies], verified: true, sends: 2 },
  { name: "another CRC64 twice", steps: [lies, lies], verified: true, sends: 3 },
  { name: "another CRC64 every time", steps: [lies, lies, lies], verified: false, sends: 3 },
  { name: "no CRC64, but the right ETag", steps: [silent], verified: true, sends: 1 },
  { name: "no CRC64 and another ETag", steps: [otherEtag, otherEtag, otherEtag], verified: false, sends: 3 },
  { name: "no CRC64 and another ETag once", steps: [otherEtag], verified: true, sends: 2 },
];

const doubts = DOUBTS.flatMap(({ name, steps, verified, sends }) => {
  const check =
    (kind: "PutObject" | "UploadPart", upload: (client: ReturnType<typeof clientOf>) => Promise<unknown>) =>
    async (t: Parameters<ContractCase["run"]>[0], rig: Parameters<ContractCase["run"]>[1]) => {
      const script = new Script({ [kind]: steps });
      const client = clientOf(rig, script);
      if (verified) await upload(client);
      else {
        await t.throws(() => upload(client), IntegrityError, {
          code: "integrity",
          partNumber: kind === "UploadPart" ? 1 : undefined,
        });
      }
      script.assertUsed(t);
      t.equal(script.count(kind), sends, "times sent");
      const bodies = new Set(script.sent.map(({ body }) => body?.join()));
      t.equal(bodies.size, 1, "different bodies sent");
    };
  return [
    {
      name: `putObject() whose response has ${name} ${verified ? "is verified in the end" : "fails as unverified"}`,
      run: (t, rig) =>
        check("PutObject", (client) =>
          client.putObject({ Bucket: rig.Bucket, Key: rig.uniqueKey("doubt"), Body: noise(100) }),
        )(t, rig),
    },
    {
      name: `uploadPart() whose response has ${name} ${verified ? "is verified in the end" : "fails as unverified"}`,
      run: async (t, rig) => {
        const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("doubt") };
        const { UploadId } = await rig.client.createMultipartUpload(object);
        await check("UploadPart", (client) =>
          client.uploadPart({ ...object, UploadId, PartNumber: 1, Body: noise(100) }),
        )(t, rig);
        await rig.client.abortMultipartUpload({ ...object, UploadId });
      },
    },
  ] satisfies ContractCase[];
});

const whole: readonly ContractCase[] = [
  {
    name: "an object whose CRC64 is not the combined one of its parts is no success",
    run: async (t, rig) => {
      const script = new Script({ CompleteMultipartUpload: [lies], HeadObject: [lies] });
      const client = clientOf(rig, script);
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("whole") };
      const Body = streamOf(noise(MB + 1));
      await t.throws(() => client.uploadFile({ ...object, Body, PartSize: 1 }), IntegrityError);
      script.assertUsed(t);
    },
  },
  {
    name: "an object whose CRC64 only HEAD returns is verified by it",
    run: async (t, rig) => {
      const script = new Script({ CompleteMultipartUpload: [silent], HeadObject: [pass] });
      const client = clientOf(rig, script);
      const Key = rig.uniqueKey("whole");
      const bytes = noise(MB + 1);
      await client.uploadFile({ Bucket: rig.Bucket, Key, Body: streamOf(bytes), PartSize: 1 });
      script.assertUsed(t);
      await expectStored(t, rig, Key, bytes);
    },
  },
  {
    name: "an object whose CRC64 COS does not return is stored with the warning 'unverified'",
    run: async (t, rig) => {
      const script = new Script({ CompleteMultipartUpload: [silent], HeadObject: [silent] });
      const hint = "why this runtime may not see it";
      const wrap = (runtime: Runtime): Runtime =>
        Object.create(script.wrap(runtime), { unverifiedHint: { value: hint } }) as Runtime;
      const warnings: string[] = [];
      await rig.createClient({}, wrap, quickClock()).uploadFile({
        Bucket: rig.Bucket,
        Key: rig.uniqueKey("whole"),
        Body: streamOf(noise(MB + 1)),
        PartSize: 1,
        onWarning: ({ code, message }) => warnings.push(`${code}: ${message.split("; ").at(-1)}`),
      });
      script.assertUsed(t);
      t.deepEqual(warnings, [`unverified: ${hint}`], "warnings");
    },
  },
];

export const cases: readonly ContractCase[] = [...known, ...edges, ...md5, ...doubts, ...whole];

function clientOf(rig: Parameters<ContractCase["run"]>[1], script: Script) {
  return rig.createClient({}, script.wrap, quickClock());
}
