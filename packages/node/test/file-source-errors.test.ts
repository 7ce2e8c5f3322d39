import { chmod, mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { ArgumentTypeError, SourceError } from "@cosup/core";
import { describe, expect, it } from "vitest";
import { openInput } from "../src/open.ts";
import { caught } from "./caught.ts";
import { file, opened } from "./file-source-rig.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

describe("what cannot be read", () => {
  it("a missing file: source-unreadable with path and cause", async () => {
    const path = join(await temporaryDirectory(), "missing.bin");
    const error = await caught(openInput({ path }));
    expect(error).toBeInstanceOf(SourceError);
    expect(error).toMatchObject({ code: "source-unreadable", retryable: false, cause: { code: "ENOENT" } });
    expect(String(error)).toContain(path);
  });

  it("a file that vanishes while queued: source-unreadable at the first read", async () => {
    const { path } = await file();
    const source = await opened({ path });
    await rm(path);
    const error = await caught(source.read(0, 10, new Uint8Array(10)));
    expect(error).toMatchObject({ code: "source-unreadable", cause: { code: "ENOENT" } });
  });

  it.skipIf(process.getuid?.() === 0)("a file without permission", async () => {
    const { path } = await file();
    await chmod(path, 0);
    const error = await caught((await opened({ path })).read(0, 10, new Uint8Array(10)));
    expect(error).toMatchObject({ code: "source-unreadable", cause: { code: "EACCES" } });
  });

  it("a FileHandle that its owner closed", async () => {
    const { path } = await file();
    const handle = await open(path);
    const source = await opened(handle);
    await handle.close();
    expect(await caught(source.read(0, 10, new Uint8Array(10)))).toMatchObject({ code: "source-unreadable" });
  });

  it("a directory: a wrong argument that names uploadDirectory", async () => {
    const path = join(await temporaryDirectory(), "folder");
    await mkdir(path);
    const error = await caught(openInput({ path }));
    expect(error).toBeInstanceOf(ArgumentTypeError);
    expect(error).toMatchObject({ parameter: "LocalFilePath" });
    expect(String(error)).toContain("uploadDirectory");
  });

  it("a path with a null character, and a file: URL of another host: wrong arguments", async () => {
    for (const input of [{ path: "a\0b" }, new URL("file://elsewhere/a")]) {
      expect(await caught(openInput(input))).toMatchObject({ parameter: "LocalFilePath" });
    }
  });
});
