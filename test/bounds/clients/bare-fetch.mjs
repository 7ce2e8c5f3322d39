// The least that a runtime's fetch can do with the same bytes: parts that are in memory already, one loop for each.
import { measured, readOptions } from "./measured.mjs";

const { endpoint, bucket, key, size, partSize, concurrency } = readOptions();
const memory = new Uint8Array(partSize * concurrency);
const url = `${endpoint.replace("{Bucket}", bucket)}/${key}`;
let left = Math.ceil(size / partSize);

/** @param {string} name @param {Uint8Array<ArrayBuffer>} bytes */
async function put(name, bytes) {
  const answer = await fetch(`${url}-${name}`, { method: "PUT", body: bytes });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`PUT: ${answer.status}`);
}

/** @param {Uint8Array<ArrayBuffer>} part */
async function loop(part) {
  while (left > 0) {
    left -= 1;
    await put(String(left), part);
  }
}

const warmUp = () => put("warm-up", new Uint8Array(4));

await measured(warmUp, async () => {
  // Within what is measured, as an upload's own part buffers are.
  memory.fill(1);
  const parts = Array.from({ length: concurrency }, (_, index) =>
    memory.subarray(index * partSize, (index + 1) * partSize),
  );
  await Promise.all(parts.map(loop));
  return {};
});
