// Starts many uploads in parallel on one client, and prints how long each went without progress. With `readOnly` it
// only reads the same streams, to measure their own cost.
import { blocks, tinyChunks } from "../harness/generated.mjs";
import { measured, readOptions } from "./measured.mjs";

const { module, endpoint, bucket, objects, partSize, concurrency, memoryBudget, readOnly } = readOptions();
const { createCos } = await import(module);
const cos = createCos({ Endpoint: endpoint, SecretId: "ID", SecretKey: "KEY", memoryBudget });

/** Parts of all uploads that COS has acknowledged so far. */
let turns = 0;
/** The longest time that one upload went without progress, in milliseconds and in parts of the others. */
let longestGapMs = 0;
let mostTurns = 0;

/** @typedef {{ key: string, size: number, seed: number, path?: string, tiny: boolean }} Upload */

/** @param {Upload} object */
async function upload({ key, size, seed, path, tiny }) {
  let last = performance.now();
  let lastTurn = turns;
  const pause = () => {
    const now = performance.now();
    longestGapMs = Math.max(longestGapMs, now - last);
    last = now;
  };
  let acknowledged = -1;
  const progressed = (/** @type {number} */ consumed) => {
    // Also called while parts are in flight, ten times a second.
    if (consumed === acknowledged) return;
    acknowledged = consumed;
    pause();
    mostTurns = Math.max(mostTurns, turns - lastTurn);
    turns += 1;
    lastTurn = turns;
  };
  const from = path === undefined ? { Body: chunks(size, seed, tiny) } : { LocalFilePath: path };
  await cos.uploadFile({
    ...from,
    Bucket: bucket,
    Key: key,
    PartSize: partSize / 1024 ** 2,
    MAXThread: concurrency,
    onProgress: progressed,
  });
  // What comes after the last part needs no turn, but must not take for ever either.
  pause();
}

/** @param {number} size @param {number} seed @param {boolean} tiny */
async function* chunks(size, seed, tiny) {
  for (const chunk of tiny ? tinyChunks(size, seed, 0) : blocks(size, seed)) yield chunk;
}

/** @param {Upload} object */
async function read({ size, seed, tiny }) {
  for await (const _chunk of chunks(size, seed, tiny));
}

const warmUp = () => cos.putObject({ Bucket: bucket, Key: "warm-up", Body: "idle" });

await measured(warmUp, async () => {
  await Promise.all(objects.map(readOnly ? read : upload));
  return { longestGapMs, mostTurns };
});
