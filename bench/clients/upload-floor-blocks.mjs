// The floor in blocks: the bare loop of upload-floor.mjs, but every part is read synchronously in blocks, and each block
// is written before the next one is read. No digest, signature, retry or verification.
import { openSync, readSync, statSync } from "node:fs";
import { Agent, request } from "undici";
import { measured, readOptions } from "./measured.mjs";

const BLOCK = 256 * 1024;
const { origin, path, key, partSize, concurrency } = readOptions();
const dispatcher = new Agent({ connections: concurrency, pipelining: 1 });
const buffers = Array.from({ length: concurrency }, () => Buffer.allocUnsafeSlow(BLOCK));

await measured(async () => {
  const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(await post(`/${key}?uploads`))?.[1];
  const descriptor = openSync(path, "r");
  const { size } = statSync(path);
  const count = Math.ceil(size / partSize);
  /** @type {string[]} */
  const etags = [];
  let next = 0;
  const loop = async (/** @type {Buffer} */ buffer) => {
    for (let index = next++; index < count; index = next++) {
      const start = index * partSize;
      const length = Math.min(partSize, size - start);
      const response = await request(`${origin}/${key}?partNumber=${index + 1}&uploadId=${uploadId}`, {
        dispatcher,
        method: "PUT",
        headers: { "content-length": String(length) },
        body: blocks(descriptor, buffer, start, length),
      });
      await response.body.dump();
      etags[index] = String(response.headers.etag);
    }
  };
  await Promise.all(buffers.slice(0, count).map(loop));
  const parts = etags.map(
    (etag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${etag}</ETag></Part>`,
  );
  const document = `<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`;
  await post(`/${key}?uploadId=${uploadId}`, document);
  return { bytes: size };
});

/** The next block is asked for when the socket has taken the one before. @param {number} descriptor @param {Buffer} buffer @param {number} start @param {number} length */
async function* blocks(descriptor, buffer, start, length) {
  for (let sent = 0; sent < length; sent += BLOCK) {
    const wanted = Math.min(BLOCK, length - sent);
    if (readSync(descriptor, buffer, 0, wanted, start + sent) !== wanted) throw new Error("a short read");
    yield buffer.subarray(0, wanted);
  }
}

/** @param {string} target @param {string} [body] */
async function post(target, body = "") {
  return (await request(`${origin}${target}`, { dispatcher, method: "POST", body })).body.text();
}
