import { ArgumentRangeError, IntegrityError, ServiceError } from "@cosup/core";
import { TargetError } from "@cosup/core/download";
import type { Assert } from "./assert.ts";
import type { ContractCase, Rig } from "./contract.ts";
import { FAULTY_KEYS } from "./emulator-settings.ts";
import { noise, textBytes } from "./fixtures/bytes.ts";
import { customerKey } from "./fixtures/customer-key.ts";
import { type DownloadCase, downloadCase, getsMeet, SIZE } from "./fixtures/downloads.ts";
import { pass, type Script } from "./fixtures/faults.ts";
import { memoryCheckpoints } from "./fixtures/memory-checkpoints.ts";
import { crc64 } from "./reference/crc64.ts";

const needs = "files";
const OLD = textBytes("old");

/** Calls a download that must fail: the path keeps its file, and nothing is beside it. */
async function expectFailure<E>(
  t: Assert,
  { files, folder, path }: DownloadCase,
  ...[action, type, fields]: Parameters<typeof t.throws<E>>
): Promise<E> {
  await files.write(path, OLD);
  const error = await t.throws(action, type, fields);
  t.bytes(await files.read(path), OLD, "the file that was there");
  t.deepEqual(await files.names(folder), ["file.bin"], "names");
  return error;
}

/** The object is replaced after its first range has been read. */
function replacedAfterFirst(rig: Rig, { object }: DownloadCase): Script {
  return getsMeet([
    pass,
    async (deliver) => {
      await rig.client.putObject({ ...object, Body: noise(SIZE, 2) });
      return deliver();
    },
  ]);
}

const broken = ([FAULTY_KEYS.ended, FAULTY_KEYS.reset] as const).map(
  (prefix): ContractCase => ({
    name: `downloadFile() goes on behind the last byte when every response ${prefix.replace("-", " ")}`,
    needs,
    run: async (t, rig) => {
      // More responses than a request has attempts.
      const { download, files, path, bytes } = await downloadCase(rig, noise(800_000), { prefix });
      const script = getsMeet(undefined);
      t.equal((await download({}, script)).verified, true, "verified");
      t.bytes(await files.read(path), bytes, "the file");
      t.ok(script.count("GetObject") > 10, `${script.count("GetObject")} requests`);
    },
  }),
);

const objects: readonly ContractCase[] = [
  {
    name: "downloadFile() fails when the object is replaced between two ranges",
    needs,
    run: async (t, rig) => {
      const one = await downloadCase(rig);
      const checkpoints = memoryCheckpoints();
      const script = replacedAfterFirst(rig, one);
      await expectFailure(t, one, () => one.download({ MAXThread: 1, checkpoints }, script), ServiceError, {
        code: "precondition-failed",
        retryable: true,
        message: /replaced while it was downloaded/,
        hint: /same call again/,
      });
      script.assertUsed(t);
      t.equal(checkpoints.stored.size, 0, "checkpoints");
      await one.download();
      t.bytes(await one.files.read(one.path), noise(SIZE, 2), "the new object, by the same call again");
    },
  },
  {
    name: "downloadFile() fails when a byte changed on its way",
    needs,
    run: async (t, rig) => {
      const one = await downloadCase(rig, noise(SIZE), { prefix: FAULTY_KEYS.changed });
      const checkpoints = memoryCheckpoints();
      const error = await expectFailure(t, one, () => one.download({ checkpoints }), IntegrityError, {
        code: "integrity",
        retryable: true,
        expected: crc64(one.bytes),
      });
      t.ok(error.actual !== error.expected, "actual");
      t.equal(checkpoints.stored.size, 0, "checkpoints");
    },
  },
  {
    name: "downloadFile() of an object without CRC64 warns that only its size was compared",
    needs,
    run: async (t, rig) => {
      const prefix = FAULTY_KEYS.unchecked;
      const { download, files, path, bytes } = await downloadCase(rig, noise(1000), { prefix });
      const warnings: string[] = [];
      const result = await download({ onWarning: ({ code }) => warnings.push(code) });
      t.deepEqual([result.verified, result.crc64, warnings], [false, crc64(bytes), ["unverified"]], "result");
      t.bytes(await files.read(path), bytes, "the file");
    },
  },
  {
    name: "downloadFile() of a key that does not exist fails with not-found",
    needs,
    run: async (t, rig) => {
      const one = await downloadCase(rig);
      const Key = rig.uniqueKey("none");
      await expectFailure(t, one, () => one.download({ Key }), ServiceError, {
        code: "not-found",
        status: 404,
        cosCode: "NoSuchKey",
      });
    },
  },
  {
    name: "downloadFile() without the key of SSE-C, or with another, fails",
    needs,
    run: async (t, rig) => {
      const put = { headers: customerKey(1) };
      const one = await downloadCase(rig, noise(SIZE), { put });
      for (const headers of [{}, customerKey(2)]) {
        await expectFailure(t, one, () => one.download({ headers }), ServiceError, {
          code: "invalid-request",
        });
      }
    },
  },
  {
    name: "downloadFile() under a condition that does not hold fails",
    needs,
    run: async (t, rig) => {
      const one = await downloadCase(rig);
      await expectFailure(t, one, () => one.download({ IfMatch: '"other"' }), ServiceError, {
        code: "precondition-failed",
        status: 412,
      });
    },
  },
  {
    name: "downloadFile() that is aborted before it begins sends nothing",
    needs,
    run: async (t, rig) => {
      const one = await downloadCase(rig);
      const script = getsMeet(undefined);
      const reason = new Error("enough");
      const call = () => one.download({ signal: AbortSignal.abort(reason) }, script);
      t.equal(await expectFailure(t, one, call, Error), reason, "the reason");
      t.equal(script.sent.length, 0, "requests");
    },
  },
];

const targets: readonly ContractCase[] = [
  {
    name: "downloadFile() with overwrite false refuses a file before anything is sent",
    needs,
    run: async (t, rig) => {
      const one = await downloadCase(rig);
      const script = getsMeet(undefined);
      await expectFailure(t, one, () => one.download({ overwrite: false }, script), TargetError, {
        code: "target-exists",
        retryable: false,
      });
      t.equal(script.sent.length, 0, "requests");
    },
  },
  {
    name: "downloadFile() into a folder that does not exist, or to a folder, sends nothing",
    needs,
    run: async (t, rig) => {
      const one = await downloadCase(rig);
      const script = getsMeet(undefined);
      for (const LocalFilePath of [`${one.folder}/none/file`, one.folder]) {
        await expectFailure(t, one, () => one.download({ LocalFilePath }, script), TargetError, {
          code: "target-unwritable",
        });
      }
      t.equal(script.sent.length, 0, "requests");
    },
  },
  {
    name: "downloadFile() refuses a range of the caller",
    needs,
    run: async (t, rig) => {
      const one = await downloadCase(rig);
      const call = () => one.download({ headers: { Range: "bytes=0-9" } });
      await expectFailure(t, one, call, ArgumentRangeError, { parameter: "headers" });
    },
  },
];

export const cases: readonly ContractCase[] = [...broken, ...objects, ...targets];
