// opendal, a Rust library: no checksum, and each part an object of its own, because its writer sends one part after the other.
// Its endpoint takes no port, so that the sink is its HTTP proxy.
import { open } from "node:fs/promises";
import { createRequire } from "node:module";
import { Bucket, Region, SecretId, SecretKey } from "./identity.mjs";
import { measured, readOptions } from "./measured.mjs";

const { path, key, partSize, concurrency } = readOptions();
const { Operator } = createRequire(new URL("../peers/", import.meta.url))("opendal");
const operator = new Operator("cos", {
  root: "/",
  bucket: Bucket,
  endpoint: `http://cos.${Region}.myqcloud.com`,
  secret_id: SecretId,
  secret_key: SecretKey,
});

await measured(async () => {
  const handle = await open(path);
  const { size } = await handle.stat();
  let next = 0;
  const loop = async () => {
    const buffer = Buffer.allocUnsafeSlow(partSize);
    for (let start = partSize * next++; start < size; start = partSize * next++) {
      const { bytesRead } = await handle.read(buffer, 0, Math.min(partSize, size - start), start);
      await operator.write(`${key}.${start / partSize}`, buffer.subarray(0, bytesRead));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, loop));
  await handle.close();
  return { bytes: size };
});
