import { randomBytes } from "node:crypto";
import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ByteSource } from "@cosup/core/runtime";
import { openInput } from "../src/open.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

export const SIZE = 300_000;
/** Modification time of the file, in seconds: in the past, so that an edit in the same millisecond still changes it. */
export const MTIME = 1_700_000_000.5;

/** Writes a file of random bytes to a new directory. */
export async function file(
  bytes: Uint8Array = randomBytes(SIZE),
): Promise<{ path: string; bytes: Uint8Array }> {
  const path = join(await temporaryDirectory(), "file.bin");
  await writeFile(path, bytes);
  await utimes(path, 1_700_000_000, MTIME);
  return { path, bytes };
}

/** The source that the adapter opens for `input`. */
export async function opened(input: unknown): Promise<ByteSource> {
  const source = await openInput(input);
  if (source === undefined) throw new Error("not opened");
  return source;
}
