// Starts many uploads at once on one client, and tells how long each of them went without progress.
import { tinyChunks } from "../harness/generated.mjs";
import { measured, readOptions } from "./measured.mjs";

const { module, endpoint, bucket, objects, partSize, concurrency, memoryBudget } = readOptions();
const { createCos } = await import(module);
const cos = createCos({ Endpoint: endpoint, SecretId: "ID", SecretKey: "KEY", memoryBudget });

/** @param {{ key: string, size: number, seed: number, path?: string }} object */
async function upload({ key, size, seed, path }) {
  let last = performance.now();
  let longestGapMs = 0;
  const progressed = () => {
    const now = performance.now();
    longestGapMs = Math.max(longestGapMs, now - last);
    last = now;
  };
  const from = path === undefined ? { Body: chunks(size, seed) } : { LocalFilePath: path };
  await cos.uploadFile({
    ...from,
    Bucket: bucket,
    Key: key,
    PartSize: partSize / 1024 ** 2,
    MAXThread: concurrency,
    onProgress: progressed,
  });
  // The end is progress too: what comes after the last part must not take for ever.
  progressed();
  return longestGapMs;
}

/** @param {number} size @param {number} seed */
async function* chunks(size, seed) {
  yield* tinyChunks(size, seed, 0);
}

await measured(async () => ({ gapsMs: await Promise.all(objects.map(upload)) }));
