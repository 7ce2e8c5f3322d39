// The least that a runtime's fetch can do with the same bytes: parts that are in memory already, one loop for each.
import { measured, readOptions } from "./measured.mjs";

const { endpoint, bucket, key, size, partSize, concurrency } = readOptions();
const memory = new Uint8Array(partSize * concurrency);
const url = `${endpoint.replace("{Bucket}", bucket)}/${key}`;
let left = Math.ceil(size / partSize);

/** @param {Uint8Array<ArrayBuffer>} part */
async function loop(part) {
  for (; left > 0; ) {
    left -= 1;
    const answer = await fetch(`${url}-${left}`, { method: "PUT", body: part });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`PUT: ${answer.status}`);
  }
}

await measured(async () => {
  // Within what is measured, as an upload's own part buffers are.
  memory.fill(1);
  const parts = Array.from({ length: concurrency }, (_, index) =>
    memory.subarray(index * partSize, (index + 1) * partSize),
  );
  await Promise.all(parts.map(loop));
  return {};
});
