import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startChild, useChildren } from "./child-process.ts";
import { atGet, MiB, useDownloads } from "./download-rig.ts";

useChildren();
const rig = useDownloads();

it.each([1, 2, 3])(
  "a download that is killed with %d ranges leaves the old file, and the next call goes on",
  async (count) => {
    const one = await rig.case();
    await writeFile(one.path, "old");
    // This GET never ends, so the child is killed while a range is under way.
    one.faults([atGet(count, "silence", { when: "after-10000-bytes-of-response" })]);
    const state = join(one.folder, "state");
    const child = startChild(
      "download-once",
      one.endpoint,
      one.Bucket,
      one.Key,
      one.path,
      state,
      one.SecretId,
    );
    let ranges = 0;
    while (ranges < count) ranges = Number(await child.line());
    await child.kill();

    expect(await one.atPath()).toBe("old");
    const [part = ""] = (await one.names()).filter((name) => name.endsWith(".part"));
    expect((await stat(join(one.folder, part))).size).toBeGreaterThan(0);
    one.faults();
    const result = await one.resumable({ resume: "require" });
    expect(result.bytesResumed).toBeGreaterThanOrEqual((count - 1) * MiB);
    expect(result.bytesResumed).toBeGreaterThan(0);
    expect(await one.holds(one.bytes)).toBe(true);
    expect(await one.names()).toEqual(["file.bin"]);
  },
);

it("at every instant, the path has the old file or the whole new one", async () => {
  const one = await rig.case();
  const old = Buffer.alloc(one.bytes.length, 1);
  await writeFile(one.path, old);
  let over = false;
  const seen = new Set<string>();
  const watch = (async () => {
    while (!over) {
      const found = await readFile(one.path);
      if (found.equals(old)) seen.add("old");
      else seen.add(found.equals(one.bytes) ? "new" : "a mixture");
    }
  })();
  await one.download({ onProgress: () => {} });
  over = true;
  await watch;
  expect([...seen].filter((what) => what !== "new")).toEqual(["old"]);
  expect(await one.holds(one.bytes)).toBe(true);
});
