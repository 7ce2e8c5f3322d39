import type { FileHandle } from "node:fs/promises";
import { isPathInput } from "@cosup/core/files";
import type { ByteSource } from "@cosup/core/runtime";
import { openFileHandle, openPath } from "./sources/open-path.ts";
import { openPlainFile } from "./sources/open-plain-file.ts";

const NOT_OURS = Promise.resolve(undefined);

/**
 * Opens what only Node knows: `FileHandle`, `{ path }` and `file:` URLs. A bare string is content, never
 * a path. Undefined: not one of these.
 */
export function openInput(input: unknown): Promise<ByteSource | undefined> {
  if (input instanceof URL) {
    return input.protocol === "file:" ? openPath(input) : NOT_OURS;
  }
  if (isFileHandle(input)) {
    return openFileHandle(input);
  }
  if (!isPathInput(input)) {
    return NOT_OURS;
  }
  return input.refuseSymlinks === true ? openPlainFile(input.path) : openPath(input.path);
}

/** Node does not export the class. */
function isFileHandle(input: unknown): input is FileHandle {
  return (
    typeof input === "object" &&
    input !== null &&
    "fd" in input &&
    typeof input.fd === "number" &&
    "createReadStream" in input &&
    typeof input.createReadStream === "function"
  );
}
