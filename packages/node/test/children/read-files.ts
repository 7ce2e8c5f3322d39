import { walkFiles } from "@cosup/core/files";
import { fileSystem } from "../../src/file-system.ts";
import { openInput } from "../../src/open.ts";

// Reads all files of a directory in parallel, far more than it may have open, and prints the number of bytes.
const [directory = ""] = process.argv.slice(2);
const readings: Promise<number>[] = [];
for await (const { path } of walkFiles(fileSystem, directory)) {
  readings.push(lengthOf(path));
}
const lengths = await Promise.all(readings);
process.stdout.write(`${lengths.length} files, ${lengths.reduce((sum, length) => sum + length, 0)} bytes\n`);

async function lengthOf(path: string): Promise<number> {
  const source = await openInput({ path });
  const read = await source?.read(0, 100, new Uint8Array(100));
  // Held open for a moment, as an upload would.
  await new Promise((resolve) => setTimeout(resolve, 5));
  await source?.close();
  return read?.byteLength ?? 0;
}
