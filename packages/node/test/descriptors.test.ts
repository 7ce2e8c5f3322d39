import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isTableFull } from "@cosup/core/files";
import { expect, it } from "vitest";
import { startChildWithFewDescriptors, useChildren } from "./child-process.ts";
import { failure } from "./hooked-fs.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

useChildren();

it("a full table is that of the process or of the system", () => {
  expect(["EMFILE", "ENFILE", "ENOENT"].map((code) => isTableFull(failure(code)))).toEqual([
    true,
    true,
    false,
  ]);
});

it.skipIf(process.platform === "win32")("300 files at once in a process that may open 48", async () => {
  const directory = await temporaryDirectory();
  for (let index = 0; index < 300; index++) {
    await writeFile(join(directory, `f${index}`), "0123456789");
  }
  const child = startChildWithFewDescriptors(48, "read-files", directory);
  expect(await child.line()).toBe("300 files, 3000 bytes");
});
