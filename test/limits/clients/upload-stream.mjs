// Uploads one generated stream, in Node or in Deno.
import { Readable } from "node:stream";
import { blocks, tinyChunks } from "../harness/generated.mjs";
import { measured, readOptions } from "./measured.mjs";

const { module, endpoint, bucket, key, size, seed, ones, kind, partSize, concurrency } = readOptions();
const { createCos } = await import(module);
const cos = createCos({ Endpoint: endpoint, SecretId: "ID", SecretKey: "KEY" });

/** One after the other, each only when it is asked for. `yield*` would take three promises more for each. */
async function* generated() {
  const chunks = ones === undefined ? blocks(size, seed) : tinyChunks(size, seed, ones);
  for (const chunk of chunks) yield chunk;
}

const warmUp = () => cos.putObject({ Bucket: bucket, Key: "warm-up", Body: "idle" });

await measured(warmUp, async () => {
  const { crc64 } = await cos.uploadFile({
    Bucket: bucket,
    Key: key,
    Body: kind === "readable" ? Readable.from(generated(), { objectMode: false }) : generated(),
    PartSize: partSize / 1024 ** 2,
    MAXThread: concurrency,
  });
  return { crc64 };
});
