// Measures how late timers fire during an upload with CRC64 and MD5.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createCos } from "../../packages/node/dist/index.js";
import { Bucket, SecretId, SecretKey } from "./identity.mjs";
import { measured, readOptions } from "./measured.mjs";

const { origin, path, key, partSize, concurrency } = readOptions();
const cos = createCos({ Endpoint: origin, SecretId, SecretKey });
const delay = monitorEventLoopDelay({ resolution: 1 });

await measured(async () => {
  delay.enable();
  const { size } = await cos.uploadFile({
    Bucket,
    Key: key,
    LocalFilePath: path,
    PartSize: partSize / 1024 ** 2,
    MAXThread: concurrency,
    EnableMD5: true,
  });
  delay.disable();
  const milliseconds = (/** @type {number} */ percentile) => delay.percentile(percentile) / 1e6;
  return { bytes: size, p50Ms: milliseconds(50), p99Ms: milliseconds(99), maxMs: delay.max / 1e6 };
});
