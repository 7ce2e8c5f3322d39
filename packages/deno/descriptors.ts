import { OpenFiles } from "@cosup/core/directory";

/** Whether the process (EMFILE) or the system (ENFILE) may open no more files; Deno has no class of its own for it. */
export function isTableFull(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "EMFILE" || code === "ENFILE";
}

/** Of this process. */
export const openFiles = new OpenFiles({ isTableFull });

/** Runs an action that opens a file; while no descriptor is free, it waits in line. See {@link OpenFiles}. */
export function withDescriptor<T>(action: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  return openFiles.open(action, signal);
}
