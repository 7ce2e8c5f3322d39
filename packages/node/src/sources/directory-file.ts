import type { ByteSource } from "@cosup/core";
import { withDescriptor } from "../descriptors.ts";
import type { CachePace } from "./cache-pace.ts";
import { FileSource } from "./file-source.ts";
import { fileState } from "./file-state.ts";
import { openEntry } from "./open-file.ts";
import { openPath } from "./open-path.ts";
import { unreadable } from "./unreadable.ts";

/**
 * A file that a directory listed as a regular one. A folder upload has few of them under way at once, so each is
 * opened at once and looked at through its descriptor; a path is looked at first, and opened when its turn comes.
 */
export class DirectoryFile {
  readonly path: string;
  readonly #pace: CachePace;

  /** @param pace one for all files of a folder */
  constructor(path: string, pace: CachePace) {
    this.path = path;
    this.#pace = pace;
  }

  async open(): Promise<ByteSource> {
    const { path } = this;
    const file = await withDescriptor(() => openEntry(path, this.#pace)).catch((error: unknown) => {
      throw unreadable(path, error);
    });
    try {
      const stats = file.stat();
      if (stats.isFile() && stats.size > 0n) {
        return new FileSource({ name: path, state: fileState(stats), path, file });
      }
    } catch (error) {
      file.close();
      throw unreadable(path, error);
    }
    // Something else by now, or a file that only says that it is empty.
    file.close();
    return openPath(path);
  }
}
