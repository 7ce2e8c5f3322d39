import { ArgumentRangeError, ArgumentTypeError } from "@cosup/core";
import type { ContractCase, Rig } from "./contract.ts";
import { MB, noise, textBytes } from "./fixtures/bytes.ts";
import { Script } from "./fixtures/faults.ts";
import { type VirtualFile, virtualFile, withFiles, withMembers } from "./fixtures/runtimes.ts";
import { expectAbsent, expectOnePut, expectParts, expectStored } from "./fixtures/stored.ts";

/** A client with the default budget, which 20 MB need. */
function withFile(rig: Rig, file: VirtualFile, script = new Script()) {
  return rig.createClient({ memoryBudget: undefined }, (runtime) =>
    script.wrap(withFiles({ "local.bin": file })(runtime)),
  );
}

const paths: readonly ContractCase[] = [
  {
    name: "putObjectFromLocalFile() stores a file",
    run: async (t, rig) => {
      const file = virtualFile(noise(5000));
      const Key = rig.uniqueKey("file");
      const result = await withFile(rig, file).putObjectFromLocalFile({
        Bucket: rig.Bucket,
        Key,
        LocalFilePath: "local.bin",
        ContentType: "text/x-file",
      });
      expectOnePut(t, result, file.bytes);
      await expectStored(t, rig, Key, file.bytes);
      t.equal(file.open, 0, "open files");
    },
  },
  {
    name: "uploadFile() of 20 MB is one PUT, and of a byte more goes up in parts",
    run: async (t, rig) => {
      for (const extra of [0, 1]) {
        const file = virtualFile(noise(20 * MB + extra));
        const Key = rig.uniqueKey("file");
        const result = await withFile(rig, file).uploadFile({
          Bucket: rig.Bucket,
          Key,
          LocalFilePath: "local.bin",
          PartSize: 8,
        });
        if (extra === 0) expectOnePut(t, result, file.bytes);
        else expectParts(t, result, file.bytes, 3);
        t.equal((await rig.client.headObject({ Bucket: rig.Bucket, Key })).crc64, result.crc64, "crc64");
        t.equal(file.open, 0, "open files");
      }
    },
  },
  {
    name: "uploadFile() in parts returns the location of the object",
    run: async (t, rig) => {
      const file = virtualFile(noise(20 * MB + 1));
      const Key = rig.uniqueKey("file");
      const result = await withFile(rig, file).uploadFile({
        Bucket: rig.Bucket,
        Key,
        LocalFilePath: "local.bin",
        PartSize: 16,
      });
      t.match(result.Location, new RegExp(`${Key}$`), "Location");
      t.equal(result.Bucket, rig.Bucket, "Bucket");
      t.equal(result.Key, Key, "Key");
      t.ok(result.requestId, "requestId");
      t.equal(result.headers["x-cos-hash-crc64ecma"], result.crc64, "headers");
    },
  },
  {
    name: "a client on a runtime without files refuses a path",
    run: async (t, rig) => {
      const client = rig.createClient({}, (runtime) =>
        withMembers(runtime, { name: "fileless", open: async () => undefined }),
      );
      await t.throws(
        () => client.uploadFile({ Bucket: rig.Bucket, Key: "k", LocalFilePath: "local.bin" }),
        ArgumentTypeError,
        { parameter: "LocalFilePath", message: /fileless runtime has no files; use Body/ },
      );
    },
  },
  {
    name: "a file of another length than ContentLength is refused, and closed",
    run: async (t, rig) => {
      const file = virtualFile(noise(10));
      const script = new Script();
      await t.throws(
        () =>
          withFile(rig, file, script).uploadFile({
            Bucket: rig.Bucket,
            Key: "k",
            LocalFilePath: "local.bin",
            ContentLength: 11,
          }),
        ArgumentRangeError,
        { parameter: "ContentLength" },
      );
      t.equal(script.sent.length, 0, "requests");
      t.equal(file.open, 0, "open files");
    },
  },
  {
    name: "a string is content, never a path",
    run: async (t, rig) => {
      const file = virtualFile(noise(10));
      const Key = rig.uniqueKey("file");
      await withFile(rig, file).uploadFile({ Bucket: rig.Bucket, Key, Body: "local.bin" });
      await expectStored(t, rig, Key, textBytes("local.bin"));
    },
  },
];

const skips: readonly ContractCase[] = [
  {
    name: "skip 'same' sends nothing when COS holds the same bytes",
    run: async (t, rig) => {
      const script = new Script();
      const file = virtualFile(noise(3000));
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("skip") };
      await rig.client.putObject({ ...object, Body: file.bytes });
      const told: number[][] = [];
      const result = await withFile(rig, file, script).uploadFile({
        ...object,
        LocalFilePath: "local.bin",
        skip: "same",
        onProgress: (consumed, total) => told.push([consumed, total ?? -1]),
      });
      t.equal(result.skipped, true, "skipped");
      t.equal(result.partsSent, 0, "partsSent");
      t.equal(result.size, 3000, "size");
      t.deepEqual(script.kinds, ["HeadObject"], "requests");
      t.deepEqual(told, [[3000, 3000]], "progress");
      t.equal(file.open, 0, "open files");
    },
  },
  {
    name: "skip 'same' uploads when COS holds other bytes of the same length",
    run: async (t, rig) => {
      const file = virtualFile(noise(3000));
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("skip") };
      await rig.client.putObject({ ...object, Body: noise(3000, 9) });
      const client = withFile(rig, file);
      const result = await client.uploadFile({ ...object, LocalFilePath: "local.bin", skip: "same" });
      t.equal(result.skipped, false, "skipped");
      await expectStored(t, rig, object.Key, file.bytes);
    },
  },
  {
    name: "skip 'exists' keeps any object at the key",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("skip") };
      await rig.client.putObject({ ...object, Body: "old" });
      const result = await rig.client.uploadFile({ ...object, Body: "new", skip: "exists" });
      t.equal(result.skipped, true, "skipped");
      await expectStored(t, rig, object.Key, textBytes("old"));
    },
  },
  {
    name: "skip 'exists' uploads when there is nothing",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("skip") };
      const result = await rig.client.uploadFile({ ...object, Body: "new", skip: "exists" });
      t.equal(result.skipped, false, "skipped");
      await expectStored(t, rig, object.Key, textBytes("new"));
    },
  },
  {
    name: "skip 'never' sends no HEAD first",
    run: async (t, rig) => {
      const script = new Script();
      const client = rig.createClient({}, script.wrap);
      const Key = rig.uniqueKey("skip");
      await client.uploadFile({ Bucket: rig.Bucket, Key, Body: "x", skip: "never" });
      t.deepEqual(script.kinds, ["PutObject"], "requests");
    },
  },
];

const failures: readonly ContractCase[] = [
  {
    name: "a file that ends early is refused, and publishes nothing",
    run: async (t, rig) => {
      const file = virtualFile(noise(9000));
      const Key = rig.uniqueKey("file");
      const client = rig.createClient({}, (runtime) =>
        withMembers(runtime, {
          open: async () => ({
            size: 9001,
            fingerprint: "f",
            access: "random",
            inMemory: false,
            read: async (_start, _end, into) => {
              into.set(file.bytes.subarray(0, into.length));
              return into.subarray(0, 9000);
            },
            changed: async () => false,
            close: async () => {},
          }),
        }),
      );
      await t.throws(
        () => client.uploadFile({ Bucket: rig.Bucket, Key, LocalFilePath: "short.bin" }),
        Error,
        { message: /ended after 9000 of 9001 bytes/ },
      );
      await expectAbsent(t, rig, Key);
    },
  },
];

export const cases: readonly ContractCase[] = [...paths, ...skips, ...failures];
