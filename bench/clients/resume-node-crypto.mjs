// Resumes an upload with node:crypto: lists the parts, compares the MD5 of each with its ETag, completes the upload.
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { request } from "undici";
import { measured, readOptions } from "./measured.mjs";

const { origin, path, key, partSize, concurrency } = readOptions();

await measured(async () => {
  const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(await get(`/?uploads&prefix=${key}`))?.[1];
  const etags = await listEtags(uploadId);
  const handle = await open(path);
  const { size } = await handle.stat();
  let next = 0;
  let partsResumed = 0;
  const loop = async () => {
    const buffer = Buffer.allocUnsafeSlow(partSize);
    for (let index = next++; index < etags.length; index = next++) {
      const { bytesRead } = await handle.read(buffer, 0, partSize, index * partSize);
      const md5 = createHash("md5").update(buffer.subarray(0, bytesRead)).digest("hex");
      if (md5 !== etags[index]) throw new Error(`part ${index + 1} differs`);
      partsResumed += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, loop));
  await handle.close();
  const parts = etags.map(
    (etag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>"${etag}"</ETag></Part>`,
  );
  const body = `<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`;
  const response = await request(`${origin}/${key}?uploadId=${uploadId}`, { method: "POST", body });
  await response.body.dump();
  return { bytes: size, partsSent: 0, partsResumed };
});

/** @param {string | undefined} uploadId */
async function listEtags(uploadId) {
  const etags = [];
  for (let marker = "0"; marker !== ""; ) {
    const document = await get(`/${key}?uploadId=${uploadId}&part-number-marker=${marker}`);
    for (const [, etag = ""] of document.matchAll(/<ETag>"(.*?)"<\/ETag>/g)) etags.push(etag);
    marker = /<NextPartNumberMarker>(\d+)</.exec(document)?.[1] ?? "";
  }
  return etags;
}

/** @param {string} target */
async function get(target) {
  return (await request(`${origin}${target}`)).body.text();
}
