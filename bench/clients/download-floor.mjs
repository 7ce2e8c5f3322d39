// The floor: ranges in parallel into one file with Node and undici, without a digest, a signature, a retry, a record or a
// verification. Each worker GETs a range and writes its chunks where they belong.
import { open } from "node:fs/promises";
import { Agent, request } from "undici";
import { measured, readOptions } from "./measured.mjs";

const { origin, path, key, partSize, concurrency } = readOptions();
const dispatcher = new Agent({ connections: concurrency, pipelining: 1 });

await measured(async () => {
  const head = await request(`${origin}/${key}`, { dispatcher, method: "HEAD" });
  const size = Number(head.headers["content-length"]);
  const handle = await open(path, "w");
  let next = 0;
  const loop = async () => {
    for (let start = next; start < size; start = next) {
      next += partSize;
      const range = `bytes=${start}-${Math.min(size, start + partSize) - 1}`;
      const { body } = await request(`${origin}/${key}`, { dispatcher, headers: { range } });
      let position = start;
      for await (const chunk of body) {
        await handle.write(chunk, 0, chunk.length, position);
        position += chunk.length;
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, loop));
  await handle.close();
  return { bytes: size };
});
