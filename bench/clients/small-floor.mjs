// The floor for small files: a loop that reads a file and PUTs it, without digest, signature or retry.
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { Agent, request } from "undici";
import { measured, readOptions } from "./measured.mjs";

const { origin, folder, concurrency } = readOptions();
const dispatcher = new Agent({ connections: concurrency, pipelining: 1 });

await measured(async () => {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`);
  let next = 0;
  const loop = async () => {
    for (let name = names[next++]; name !== undefined; name = names[next++]) {
      const body = await readFile(name);
      const response = await request(`${origin}${name.slice(folder.length)}`, {
        dispatcher,
        method: "PUT",
        body,
      });
      await response.body.dump();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, loop));
  return { files: names.length };
});
