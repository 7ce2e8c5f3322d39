import { isStateContent, STATE_FILE_HEAD_BYTES, stateFileName } from "@cosup/core/directory";
import { withDescriptor } from "./descriptors.ts";
import { errorCode } from "./error-code.ts";
import { openEntry } from "./sources/open-file.ts";

/** Whether a file of such a name is a checkpoint of cosup, its lock or a draft of either; also one that is gone by now. */
export async function isStateFile(path: string, name: string): Promise<boolean> {
  if (stateFileName(name) === "draft") return true;
  try {
    const file = await withDescriptor(() => openEntry(path, undefined));
    try {
      const head = new Uint8Array(STATE_FILE_HEAD_BYTES);
      return isStateContent(name, head.subarray(0, await file.read(head, 0)));
    } finally {
      file.close();
    }
  } catch (error) {
    return errorCode(error) === "ENOENT";
  }
}
