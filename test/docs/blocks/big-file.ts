import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { bigBytes } from "./sandbox.ts";

/** Inside a `describe`: one file of several parts, which all sandboxes copy. @returns its path, once tests run */
export function useBigFile(): () => string {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cosup-docs-big-"));
    await writeFile(join(folder, "big.bin"), bigBytes());
  });
  afterAll(() => rm(folder, { recursive: true }));
  return () => join(folder, "big.bin");
}
