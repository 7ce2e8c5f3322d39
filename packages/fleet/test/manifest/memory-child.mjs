// Reads a manifest of a million entries and prints how many it gave, and the most memory that this process had.
import { Readable } from "node:stream";
import { readManifest } from "@cosup/fleet/manifest";

const ENTRIES = 1_000_000;

function* chunks() {
  let text = "";
  for (let at = 0; at < ENTRIES; at += 1) {
    text += `{"source":"/data/folder-${at % 1000}/file-${at}.bin","key":"to/folder-${at % 1000}/file-${at}.bin","size":4096}\n`;
    if (text.length < 65_536) continue;
    yield Buffer.from(text);
    text = "";
  }
  yield Buffer.from(text);
}

let entries = 0;
for await (const { entry } of readManifest(Readable.from(chunks(), { objectMode: false }))) {
  if (entry.size === 4096) entries += 1;
}
console.log(JSON.stringify({ entries, maxRssMiB: process.resourceUsage().maxRSS / 1024 }));
