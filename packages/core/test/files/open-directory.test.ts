import { expect, it } from "vitest";
import type { FileSystem } from "../../src/files/file-system.ts";
import { openDirectory } from "../../src/files/open-directory.ts";

/** A file system with one directory, which the test replaces. Its kernel does not tell the path of a descriptor. */
function oneDirectory(): {
  fileSystem: FileSystem;
  replace(identity: string, realPath: string): void;
  open: number;
} {
  const state = { identity: "1:1", realPath: "/root", open: 0 };
  const fileSystem: Partial<FileSystem> = {
    pinDirectory: async () => undefined,
    realPath: async () => state.realPath,
    identify: async () => state.identity,
    openNames: async () => {
      state.open += 1;
      return {
        read: async () => null,
        close: async () => {
          state.open -= 1;
        },
      };
    },
  };
  return {
    fileSystem: fileSystem as FileSystem,
    replace: (identity, realPath) => Object.assign(state, { identity, realPath }),
    get open() {
      return state.open;
    },
  };
}

it("opens the names of a directory that stays the same", async () => {
  const { fileSystem } = oneDirectory();
  const opened = await openDirectory(fileSystem, "/link", undefined);
  expect(opened).toMatchObject({ realPath: "/root", identity: "1:1" });
  expect(await (await opened.names()).read()).toBeNull();
});

it.each([
  ["another directory took its path", "1:2", "/root"],
  ["its path became a link", "1:1", "/outside"],
])("refuses the names when %s, and closes their list", async (_, identity, realPath) => {
  const directory = oneDirectory();
  const opened = await openDirectory(directory.fileSystem, "/root", undefined);
  directory.replace(identity, realPath);
  await expect(opened.names()).rejects.toThrow("was replaced while it was being opened");
  expect(directory.open).toBe(0);
});
