// The floor in Deno: its own fetch and file, without digest, signature, retry, checkpoint or verification. Each worker reads a
// part into its own buffer and PUTs it.
import { measured, readOptions } from "./measured.mjs";

const { origin, path, key, partSize, concurrency } = readOptions();
/** @type {any} */
const { Deno } = globalThis;

await measured(async () => {
  const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(await post(`/${key}?uploads`))?.[1];
  const file = await Deno.open(path);
  const { size } = await file.stat();
  file.close();
  const count = Math.ceil(size / partSize);
  /** @type {string[]} */
  const etags = [];
  let next = 0;
  const loop = async () => {
    const own = await Deno.open(path);
    const buffer = new Uint8Array(partSize);
    for (let index = next++; index < count; index = next++) {
      const start = index * partSize;
      const length = Math.min(partSize, size - start);
      await own.seek(start, Deno.SeekMode.Start);
      for (let filled = 0; filled < length; ) filled += await own.read(buffer.subarray(filled, length));
      const response = await fetch(`${origin}/${key}?partNumber=${index + 1}&uploadId=${uploadId}`, {
        method: "PUT",
        body: buffer.subarray(0, length),
      });
      await response.arrayBuffer();
      etags[index] = String(response.headers.get("etag"));
    }
    own.close();
  };
  await Promise.all(Array.from({ length: concurrency }, loop));
  const parts = etags.map(
    (etag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${etag}</ETag></Part>`,
  );
  await post(
    `/${key}?uploadId=${uploadId}`,
    `<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`,
  );
  return { bytes: size };
});

/** @param {string} target @param {string} [body] */
async function post(target, body = "") {
  return (await fetch(`${origin}${target}`, { method: "POST", body })).text();
}
