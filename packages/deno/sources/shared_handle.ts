import { SourceError } from "@cosup/core";
import type { FileHandles } from "@cosup/core/files";
import { fileState } from "./file_state.ts";
import { readAt } from "./handles.ts";

/** Who reads a handle of the caller's, one after the other. */
interface Turns {
  isFree: boolean;
  readonly waiting: (() => void)[];
}

/** By handle, because several uploads may read the same one. */
const turns = new WeakMap<Deno.FsFile, Turns>();

/**
 * The caller's own handle, which remains the caller's to close. Its uploads take turns. The program may use it as well, and
 * then moves the position at which a read begins: such a read fails.
 */
export function sharedHandle(file: Deno.FsFile): FileHandles<Deno.FsFile> {
  const own = turns.get(file) ?? { isFree: true, waiting: [] };
  turns.set(file, own);
  return {
    acquire: async () => {
      if (own.isFree) own.isFree = false;
      else await new Promise<void>((resolve) => own.waiting.push(resolve));
      return file;
    },
    release: () => {
      const next = own.waiting.shift();
      if (next === undefined) own.isFree = true;
      else next();
    },
    read: async (_, into, position) => {
      const bytesRead = await readAt(file, into, position);
      const end = await file.seek(0, Deno.SeekMode.Current);
      if (end !== position + bytesRead) throw movedByOther();
      return bytesRead;
    },
    state: async () => fileState(await file.stat()),
    close: () => {},
  };
}

function movedByOther(): SourceError {
  return new SourceError(
    "the program read, wrote or moved the file while it was being uploaded: other bytes may have been read",
    "source-unreadable",
    undefined,
    "give the upload a file of its own, or the path",
  );
}
