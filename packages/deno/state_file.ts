import { isStateContent, STATE_FILE_HEAD_BYTES, stateFileName } from "@cosup/core/directory";
import { withDescriptor } from "./descriptors.ts";

/** Whether a regular file of such a name is a checkpoint of cosup, its lock or a draft of either; also one that is gone. */
export async function isStateFile(path: string, name: string): Promise<boolean> {
  if (stateFileName(name) === "draft") return true;
  try {
    using file = await withDescriptor(() => Deno.open(path, { read: true }));
    const head = new Uint8Array(STATE_FILE_HEAD_BYTES);
    return isStateContent(name, head.subarray(0, (await file.read(head)) ?? 0));
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
}
