// The floor: the cost of Node and undici without digest, signature, retry, checkpoint or verification. File, part size
// and concurrency are the same; each worker reads a part into its own buffer and PUTs it.
import { open } from "node:fs/promises";
import { Agent, request } from "undici";
import { measured, readOptions } from "./measured.mjs";

const { origin, path, key, partSize, concurrency, warmUp, times = 1 } = readOptions();
const dispatcher = new Agent({ connections: concurrency, pipelining: 1 });
const buffers = Array.from({ length: concurrency }, () => Buffer.allocUnsafeSlow(partSize));

if (warmUp !== undefined) await upload(warmUp, "warm-up");

await measured(async () => {
  let bytes = 0;
  for (let time = 0; time < times; time += 1) bytes += await upload(path, key);
  return { bytes };
});

/** @param {string} from @param {string} to */
async function upload(from, to) {
  const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(await post(`/${to}?uploads`))?.[1];
  const handle = await open(from);
  const { size } = await handle.stat();
  const count = Math.ceil(size / partSize);
  /** @type {string[]} */
  const etags = [];
  let next = 0;
  const loop = async (/** @type {Buffer} */ buffer) => {
    for (let index = next++; index < count; index = next++) {
      const start = index * partSize;
      const length = Math.min(partSize, size - start);
      for (let filled = 0; filled < length; ) {
        filled += (await handle.read(buffer, filled, length - filled, start + filled)).bytesRead;
      }
      const response = await request(`${origin}/${to}?partNumber=${index + 1}&uploadId=${uploadId}`, {
        dispatcher,
        method: "PUT",
        body: buffer.subarray(0, length),
      });
      await response.body.dump();
      etags[index] = String(response.headers.etag);
    }
  };
  await Promise.all(buffers.slice(0, count).map(loop));
  await handle.close();
  const parts = etags.map(
    (etag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${etag}</ETag></Part>`,
  );
  const document = `<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`;
  await post(`/${to}?uploadId=${uploadId}`, document);
  return size;
}

/** @param {string} target @param {string} [body] */
async function post(target, body = "") {
  return (await request(`${origin}${target}`, { dispatcher, method: "POST", body })).body.text();
}
