import { OpenFiles } from "@cosup/core/directory";
import { errorCode } from "./error-code.ts";

/** Whether the process (EMFILE) or the system (ENFILE) may open no more files. */
export function isTableFull(error: unknown): boolean {
  const code = errorCode(error);
  return code === "EMFILE" || code === "ENFILE";
}

/** Of this process. */
export const openFiles = new OpenFiles({ isTableFull });

/** Runs an action that opens a file; while no descriptor is free, it waits in line. See {@link OpenFiles}. */
export function withDescriptor<T>(action: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  return openFiles.open(action, signal);
}
