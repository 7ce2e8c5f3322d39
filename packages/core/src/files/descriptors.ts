import { errorCode } from "../runtime/error-code.ts";
import { OpenFiles } from "./open-files.ts";

/** Whether the process (EMFILE) or the system (ENFILE) has no free descriptor. Node and Deno give the same codes. */
export function isTableFull(error: unknown): boolean {
  const code = errorCode(error);
  return code === "EMFILE" || code === "ENFILE";
}

/** The descriptors of this process. */
export const openFiles: OpenFiles = /* @__PURE__ */ new OpenFiles({ isTableFull });

/** Runs an action that opens a file; it waits in a queue while no descriptor is free. See {@link OpenFiles}. */
export function withDescriptor<T>(action: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  return openFiles.open(action, signal);
}
