import { chmod, lstat, mkdir, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { TargetError } from "@cosup/node/download";
import { describe, expect, it } from "vitest";
import { crc64Of } from "../../../test/fixtures/crc64.ts";
import { caught } from "./caught.ts";
import { MiB, SIZE, useDownloads } from "./download-rig.ts";

const rig = useDownloads();

describe("downloadFile()", () => {
  it("reads ranges in parallel, and describes the object and the file", async () => {
    const { download, bytes, ranges, path, names, holds } = await rig.case();
    const result = await download();
    expect(await holds(bytes)).toBe(true);
    expect(result).toMatchObject({
      path,
      size: SIZE,
      ContentLength: SIZE,
      crc64: await crc64Of([bytes]),
      verified: true,
      bytesResumed: 0,
    });
    expect(result.ETag).toMatch(/^".+"$/);
    expect([...ranges].sort()).toEqual(
      [`0-${MiB - 1}`, `${MiB}-${2 * MiB - 1}`, `${2 * MiB}-${3 * MiB - 1}`, `${3 * MiB}-${SIZE - 1}`].map(
        (range) => `bytes=${range}`,
      ),
    );
    expect(await names()).toEqual(["file.bin"]);
  });

  it.each([0, 1, MiB - 1, MiB])("of %d bytes is one GET", async (size) => {
    const { download, bytes, ranges, holds } = await rig.case(Buffer.alloc(size, 7));
    expect(await download()).toMatchObject({ size, crc64: await crc64Of([bytes]), verified: true });
    expect(await holds(bytes)).toBe(true);
    expect(ranges).toHaveLength(1);
  });

  it("asks for every range of the object whose first bytes came, and only of that", async () => {
    const { download, ifMatch } = await rig.case();
    const { ETag } = await download({ IfMatch: "*" });
    expect(ifMatch).toEqual(["*", ETag, ETag, ETag]);
  });

  it("reports progress that never decreases and ends at the total", async () => {
    const { download } = await rig.case();
    const seen: number[] = [];
    await download({
      onProgress: (received, total) => {
        expect(total).toBe(SIZE);
        seen.push(received);
      },
    });
    expect(seen).toEqual([...seen].sort((one, other) => one - other));
    expect(seen.filter((received) => received === SIZE)).toHaveLength(1);
    expect(seen.length).toBeGreaterThan(4);
  });

  it("takes a file: URL, and replaces a file, whose permissions stay", async () => {
    const { download, bytes, path, holds } = await rig.case();
    await writeFile(path, "old");
    await chmod(path, 0o640);
    await download({ LocalFilePath: pathToFileURL(path) });
    expect(await holds(bytes)).toBe(true);
    expect((await stat(path)).mode & 0o777).toBe(0o640);
  });

  it("follows a symbolic link to the file, and leaves the link", async () => {
    const { download, bytes, path, folder, holds } = await rig.case();
    const real = join(folder, "real.bin");
    await writeFile(real, "old");
    await symlink("real.bin", path);
    expect(await download()).toMatchObject({ path: real });
    expect(await holds(bytes)).toBe(true);
    expect((await lstat(path)).isSymbolicLink()).toBe(true);
  });

  it("with overwrite false creates a file", async () => {
    const { download, bytes, names, holds } = await rig.case();
    await download({ overwrite: false });
    expect(await holds(bytes)).toBe(true);
    expect(await names()).toEqual(["file.bin"]);
  });

  it("with overwrite false refuses a file before anything is sent", async () => {
    const { download, atPath, path, ranges } = await rig.case();
    await writeFile(path, "old");
    const error = await caught(download({ overwrite: false }));
    expect(error).toBeInstanceOf(TargetError);
    expect(error).toMatchObject({ code: "target-exists", retryable: false });
    expect([await atPath(), ranges]).toEqual(["old", []]);
  });

  it("with overwrite false keeps a file that another program creates meanwhile", async () => {
    const { download, atPath, path, names } = await rig.case();
    const onProgress = (): void => void writeFile(path, "another's");
    expect(await caught(download({ overwrite: false, onProgress }))).toMatchObject({ code: "target-exists" });
    expect(await atPath()).toBe("another's");
    expect(await names()).toEqual(["file.bin"]);
  });
});

describe("a path that cannot be written", () => {
  it.each([
    ["a directory", "folder", /is a directory/],
    ["a directory that does not exist", "missing/file", /its folder does not exist/],
    ["a path that ends in a separator", "new/", /is the path of a directory/],
    ["a link to nothing", "dangling", /link to a file that does not exist/],
    ["a file as a folder", "plain/file", /folder does not exist/],
  ])("%s is refused before anything is sent", async (_, name, message) => {
    const { download, folder, ranges } = await rig.case();
    await mkdir(join(folder, "folder"));
    await symlink("nowhere", join(folder, "dangling"));
    await writeFile(join(folder, "plain"), "");
    const error = await caught(download({ LocalFilePath: `${folder}/${name}` }));
    expect(error).toBeInstanceOf(TargetError);
    expect(error).toMatchObject({ code: "target-unwritable", message: expect.stringMatching(message) });
    expect(ranges).toEqual([]);
  });

  it.each(["", "a\0b"])("%j is a TypeError that names the parameter", async (LocalFilePath) => {
    const { download } = await rig.case();
    const error = await caught(download({ LocalFilePath }));
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ parameter: "LocalFilePath" });
  });

  it("a device is refused", async () => {
    const { download } = await rig.case();
    expect(await caught(download({ LocalFilePath: "/dev/null" }))).toMatchObject({
      message: "/dev/null is no regular file",
    });
  });

  it("a range among the headers is a RangeError", async () => {
    const { download } = await rig.case();
    const error = await caught(download({ headers: { Range: "bytes=0-1" } }));
    expect(error).toBeInstanceOf(RangeError);
    expect(error).toMatchObject({ parameter: "headers" });
  });
});
