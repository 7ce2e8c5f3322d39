// Uploads a file alone, then beside stalled streams, through one client; prints both durations.
import { blocks } from "../harness/generated.mjs";
import { measured, readOptions } from "./measured.mjs";

const { module, endpoint, bucket, path, streams, given, partSize, runs } = readOptions();
const { createCos } = await import(module);
const cos = createCos({ Endpoint: endpoint, SecretId: "ID", SecretKey: "KEY" });
/** The stalled uploads report no more progress: everything they could send is sent. */
const CALM_MS = 1500;

let heardAt = performance.now();
const heard = () => {
  heardAt = performance.now();
};

/** @param {number} seed */
async function* silent(seed) {
  for (const chunk of blocks(given, seed)) yield chunk;
  heard();
  await new Promise(() => {});
}

/** The least of some runs, in milliseconds: others on the machine only add to it. @param {string} key */
async function honest(key) {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run += 1) {
    const began = performance.now();
    await cos.uploadFile({ Bucket: bucket, Key: key, LocalFilePath: path });
    least = Math.min(least, performance.now() - began);
  }
  return least;
}

await measured(
  () => cos.putObject({ Bucket: bucket, Key: "warm-up", Body: "idle" }),
  async () => {
    const alone = await honest("alone");
    for (let index = 0; index < streams; index += 1) {
      const upload = {
        Bucket: bucket,
        Key: `silent-${index}`,
        Body: silent(index),
        PartSize: partSize / 1024 ** 2,
      };
      cos.uploadFile({ ...upload, onProgress: heard }).catch(() => {});
    }
    while (performance.now() - heardAt < CALM_MS) await new Promise((resolve) => setTimeout(resolve, 100));
    return { alone, beside: await honest("beside") };
  },
);
