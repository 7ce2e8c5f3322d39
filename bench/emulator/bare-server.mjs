// What no server that stores parts can do without: receives each body, and writes it to a file. `bare-server.mjs _ JSON`.
import { open, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";

const { data } = JSON.parse(process.argv[3] ?? "{}");
/** As the emulator: a write for each chunk of 64 KiB would cost more. */
const WRITE_BYTES = 512 * 1024;
let files = 0;
/** Path of the file by target: as in the emulator, what comes again replaces what was there. */
const stored = new Map();

const server = createServer(async (request, response) => {
  const path = join(data, String(files++));
  const file = await open(path, "wx");
  let batch = [];
  let bytes = 0;
  let writing = Promise.resolve();
  for await (const chunk of request) {
    batch.push(chunk);
    bytes += chunk.length;
    if (bytes < WRITE_BYTES) continue;
    await writing;
    writing = file.writev(batch);
    batch = [];
    bytes = 0;
  }
  await writing;
  if (bytes > 0) await file.writev(batch);
  await file.close();
  const before = stored.get(request.url);
  stored.set(request.url, path);
  if (before !== undefined) await rm(before);
  response.writeHead(200, { "Content-Length": 0, ETag: '"none"' }).end();
});
server.listen(0, "127.0.0.1", () => process.send?.({ port: server.address().port }));

process.on("message", (message) => {
  if (message === "usage") process.send?.({ rss: process.memoryUsage.rss(), cpu: process.cpuUsage() });
  if (message === "close") process.exit(0);
});
