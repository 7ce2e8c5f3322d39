import { isPathInput } from "@cosup/core/files";
import type { ByteSource } from "@cosup/core/runtime";
import { openFsFile, openPath } from "./sources/open_path.ts";
import { openPlainFile } from "./sources/open_plain_file.ts";

/**
 * Opens what only Deno knows: `{ path }`, `file:` URLs and `Deno.FsFile`. A bare string is content, never a path.
 * Undefined: not one of these.
 */
export async function openInput(input: unknown): Promise<ByteSource | undefined> {
  if (input instanceof URL) return input.protocol === "file:" ? await openPath(input) : undefined;
  if (input instanceof Deno.FsFile) return await openFsFile(input);
  if (!isPathInput(input)) return undefined;
  return await (input.refuseSymlinks === true ? openPlainFile(input.path) : openPath(input.path));
}
