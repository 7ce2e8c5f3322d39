import { pbkdf2 } from "node:crypto";
import { readdir, readlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { openFile } from "../src/sources/open-file.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const onLinux = process.platform === "linux";

/** How many of this process's descriptors lead to a path. */
async function descriptorsOf(path: string): Promise<number> {
  const names = await readdir("/proc/self/fd");
  const paths = await Promise.all(names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => "")));
  return paths.filter((one) => one === path).length;
}

it.runIf(onLinux)("a file that is closed under a read stays open until the read has ended", async () => {
  const path = join(await temporaryDirectory(), "file");
  await writeFile(path, "content");
  const file = await openFile(path);
  // Keeps libuv's threads busy, so that the read has not started when the file is closed.
  const busy = Array.from({ length: 8 }, () => promisify(pbkdf2)("k", "salt", 100_000, 64, "sha512"));
  const into = new Uint8Array(7);
  const read = file.read(into, 0);
  file.close();
  expect(await read).toBe(7);
  expect(String(Buffer.from(into))).toBe("content");
  expect(await descriptorsOf(path)).toBe(0);
  await Promise.all(busy);
});
