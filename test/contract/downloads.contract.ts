import type { Assert } from "./assert.ts";
import type { ContractCase, Rig } from "./contract.ts";
import { MB, noise, textBytes } from "./fixtures/bytes.ts";
import { customerKey } from "./fixtures/customer-key.ts";
import { downloadCase, getsMeet, rangesOf, rangesOfSize, SIZE } from "./fixtures/downloads.ts";
import type { Step } from "./fixtures/faults.ts";
import { memoryCheckpoints } from "./fixtures/memory-checkpoints.ts";
import { crc64 } from "./reference/crc64.ts";

const needs = "files";

/** Delivers requests only when `count` of them are under way. */
function together(count: number): Step {
  let under = 0;
  let start = (): void => {};
  const all = new Promise<void>((resolve) => {
    start = resolve;
  });
  return async (deliver) => {
    under += 1;
    if (under === count) start();
    await all;
    return deliver();
  };
}

const whole: readonly ContractCase[] = [
  {
    name: "downloadFile() writes an object that is larger than PartSize in ranges, several at once",
    needs,
    run: async (t, rig) => {
      const { download, files, folder, path, bytes, object } = await downloadCase(rig);
      const meet = together(3);
      // The first request finds out what the object is; the others follow together.
      const script = getsMeet([(deliver) => deliver(), meet, meet, meet]);
      const seen: number[] = [];
      const result = await download({ onProgress: (received) => seen.push(received) }, script);
      t.bytes(await files.read(path), bytes, "the file");
      t.deepEqual(await files.names(folder), ["file.bin"], "names");
      t.deepEqual(rangesOf(script).sort(), rangesOfSize(SIZE).sort(), "ranges");
      script.assertUsed(t);
      t.equal(result.size, SIZE, "size");
      t.equal(result.ContentLength, SIZE, "ContentLength");
      t.equal(result.crc64, crc64(bytes), "crc64");
      t.equal(result.verified, true, "verified");
      t.equal(result.bytesResumed, 0, "bytesResumed");
      t.equal(result.ETag, (await rig.client.headObject(object)).ETag, "ETag");
      const conditions = script.sent.map(({ headers }) => headers["if-match"]);
      t.deepEqual(conditions, [undefined, ...Array(3).fill(result.ETag)], "the object of each range");
      t.equal(seen.at(-1), SIZE, "the last progress");
      t.deepEqual(
        seen,
        seen.toSorted((one, other) => one - other),
        "progress",
      );
    },
  },
  ...[0, 1, MB - 1, MB].map(
    (size): ContractCase => ({
      name: `downloadFile() of ${size} bytes is one request`,
      needs,
      run: async (t, rig) => {
        const { download, files, path, bytes } = await downloadCase(rig, noise(size));
        const script = getsMeet(undefined);
        const result = await download({}, script);
        t.bytes(await files.read(path), bytes, "the file");
        t.deepEqual([result.size, result.crc64, result.verified], [size, crc64(bytes), true], "result");
        t.deepEqual(rangesOf(script), ["bytes=0-1048575"], "ranges");
      },
    }),
  ),
];

const targets: readonly ContractCase[] = [
  {
    name: "downloadFile() replaces the file at the path, also with a shorter one",
    needs,
    run: async (t, rig) => {
      const { download, files, path, bytes } = await downloadCase(rig, noise(1000));
      await files.write(path, noise(5000, 2));
      await download();
      t.bytes(await files.read(path), bytes, "the file");
    },
  },
  {
    name: "downloadFile() with overwrite false creates a file",
    needs,
    run: async (t, rig) => {
      const { download, files, folder, path, bytes } = await downloadCase(rig, noise(1000));
      await download({ overwrite: false });
      t.bytes(await files.read(path), bytes, "the file");
      t.deepEqual(await files.names(folder), ["file.bin"], "names");
    },
  },
];

const resumed: ContractCase = {
  name: "downloadFile() goes on after an abort, and asks only for what is missing",
  needs,
  run: async (t, rig) => {
    const { download, files, folder, path, bytes } = await downloadCase(rig);
    await files.write(path, textBytes("old"));
    const checkpoints = memoryCheckpoints();
    const controller = new AbortController();
    const reason = new Error("enough");
    const onProgress = (received: number): void => {
      if (received > 1.5 * MB) controller.abort(reason);
    };
    const { signal } = controller;
    const aborted = download({ checkpoints, MAXThread: 1, signal, onProgress });
    t.equal(await aborted.catch((error: unknown) => error), reason, "the error");
    t.bytes(await files.read(path), textBytes("old"), "the file meanwhile");
    const names = await files.names(folder);
    t.match(names.join(" "), /^\.file\.bin\.cosup-[0-9a-f]{16}\.part file\.bin$/, "names meanwhile");
    t.deepEqual([checkpoints.stored.size, checkpoints.locked.size], [1, 0], "checkpoints and locks");

    const script = getsMeet(undefined);
    const { bytesResumed, verified } = await download({ checkpoints, resume: "require" }, script);
    t.ok(bytesResumed === MB || bytesResumed === 2 * MB, `bytesResumed ${bytesResumed}`);
    t.equal(verified, true, "verified");
    t.deepEqual(
      rangesOf(script).sort(),
      rangesOfSize(SIZE)
        .slice(bytesResumed / MB)
        .sort(),
      "ranges",
    );
    t.bytes(await files.read(path), bytes, "the file");
    t.deepEqual(await files.names(folder), ["file.bin"], "names");
    t.deepEqual([checkpoints.stored.size, checkpoints.locked.size], [0, 0], "checkpoints and locks");
  },
};

/** Every request must carry what the object is read with, also the HEAD of a resume and of an empty object. */
async function expectAllCarry(
  t: Assert,
  rig: Rig,
  { put = {}, read }: { put?: object; read: object },
): Promise<void> {
  for (const size of [0, 2 * MB + 1]) {
    const { download, files, path, bytes } = await downloadCase(rig, noise(size), { put });
    const checkpoints = memoryCheckpoints();
    const controller = new AbortController();
    const abort = (): void => controller.abort();
    if (size > 0) {
      const { signal } = controller;
      const stopped = download({ ...read, checkpoints, MAXThread: 1, signal, onProgress: abort });
      t.equal((await stopped.catch((error: unknown) => error)) as unknown, controller.signal.reason, "abort");
    }
    await download({ ...read, checkpoints, resume: size > 0 ? "require" : "auto" });
    t.bytes(await files.read(path), bytes, `the file of ${size} bytes`);
  }
}

const ENABLED = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";

const kinds: readonly ContractCase[] = [
  {
    name: "downloadFile() of an object stored with gzip writes the bytes as they are stored",
    needs,
    run: async (t, rig) => {
      const put = { ContentEncoding: "gzip" };
      const { download, files, path, bytes } = await downloadCase(rig, noise(2 * MB + 1), { put });
      const { headers, verified } = await download();
      t.equal(headers["content-encoding"], "gzip", "Content-Encoding");
      t.equal(verified, true, "verified");
      t.bytes(await files.read(path), bytes, "the file");
    },
  },
  {
    name: "downloadFile() sends the key of SSE-C with every request",
    needs,
    run: async (t, rig) => {
      const headers = customerKey(1);
      await expectAllCarry(t, rig, { put: { headers }, read: { headers } });
    },
  },
  {
    name: "downloadFile() with VersionId writes that version",
    needs,
    run: async (t, rig) => {
      const { client, versionedBucket: Bucket } = rig;
      await client.request({ Method: "PUT", Bucket, Query: { versioning: "" }, Body: ENABLED });
      const { download, files, path, bytes, object } = await downloadCase(rig);
      const first = await client.putObject({ ...object, Bucket, Body: bytes });
      const second = await client.putObject({ ...object, Bucket, Body: "new" });
      t.ok(first.versionId !== second.versionId, "two versions");
      const { versionId } = await download({ Bucket, VersionId: first.versionId });
      t.equal(versionId, first.versionId, "versionId");
      t.bytes(await files.read(path), bytes, "the first version");
      await download({ Bucket });
      t.bytes(await files.read(path), textBytes("new"), "the current version");
    },
  },
];

export const cases: readonly ContractCase[] = [...whole, ...targets, resumed, ...kinds];
