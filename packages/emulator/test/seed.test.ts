import { createHash } from "node:crypto";
import { mkdir, mkdtemp, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { OptionTypeError } from "../src/index.ts";
import { at, folder, keys, media, put, start, useEmulators } from "./state-rig.ts";

useEmulators();

describe.each(media)("an emulator %s", (_, options) => {
  test("seed() does not follow links to folders, nor links that lead nowhere", async () => {
    const source = await mkdtemp(join(folder(), "links-"));
    await mkdir(join(source, "real"));
    await writeFile(join(source, "real/a.txt"), "a");
    await symlink("real/a.txt", join(source, "link.txt"));
    for (const [name, target] of [
      ["one", "."],
      ["two", "."],
      ["to-folder", "real"],
      ["broken", "nowhere"],
    ] as const) {
      await symlink(target, join(source, name));
    }
    const emulator = await start(await options());
    await emulator.seed(source);
    expect(await keys(emulator)).toEqual(["link.txt", "real/a.txt"]);
  });

  test.each([
    [
      "a key that is too long",
      { prefix: "x".repeat(850) },
      /^prefix: makes the key "x+"; accepted: at most 850 bytes/,
    ],
    ["a slash at the beginning", { prefix: "/" }, /^prefix: makes the key "\/a"/],
    ["an option that it does not know", { Prefix: "x" }, /^Prefix: is not known; accepted: bucket, prefix/],
    ["a number as prefix", { prefix: 5 }, /^prefix: accepted/],
  ])("seed() refuses %s before it stores anything", async (_name, wrong, message) => {
    const source = await mkdtemp(join(folder(), "wrong-"));
    await writeFile(join(source, "a"), "a");
    const emulator = await start(await options());
    await expect(emulator.seed(source, wrong as object)).rejects.toThrow(message);
    expect(await keys(emulator)).toEqual([]);
  });

  test("seed() stores the files below a folder with their types", async () => {
    const source = await mkdtemp(join(folder(), "seed-"));
    await mkdir(join(source, "img/deep"), { recursive: true });
    await writeFile(join(source, "index.html"), "<p>");
    await writeFile(join(source, "img/deep/a b.png"), "png");
    await writeFile(join(source, "empty"), "");
    const emulator = await start(await options());
    await put(emulator, "there", "there");
    expect(await emulator.seed(source, { prefix: "site/" })).toEqual({ objects: 3, bytes: 6 });
    expect(await keys(emulator)).toEqual(["site/empty", "site/img/deep/a b.png", "site/index.html", "there"]);
    const { headers } = await fetch(at(emulator, "site/img/deep/a%20b.png"), { method: "HEAD" });
    const png = { type: headers.get("content-type"), length: headers.get("content-length") };
    expect(png).toEqual({ type: "image/png", length: "3" });
    expect(headers.get("etag")).toBe(`"${createHash("md5").update("png").digest("hex")}"`);
    expect(headers.get("x-cos-hash-crc64ecma")).toMatch(/^\d+$/);
  });

  test("seed() names a folder or a bucket that is not there", async () => {
    const emulator = await start(await options());
    await expect(emulator.seed(join(folder(), "nowhere"))).rejects.toThrow(
      /^folder: .*nowhere cannot be read/,
    );
    await expect(emulator.seed(folder(), { bucket: "no-1" })).rejects.toThrow(
      "bucket: no-1; accepted: demo-1250000000",
    );
    await expect(emulator.seed(5 as unknown as string)).rejects.toThrow(OptionTypeError);
  });
});
