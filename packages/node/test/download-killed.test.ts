import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startChild, useChildren } from "./child-process.ts";
import { atGet, MiB, useDownloads } from "./download-rig.ts";

useChildren();
const rig = useDownloads();

it("a download that is killed leaves the old file, and the next call goes on with what has arrived", async () => {
  const one = await rig.case();
  await writeFile(one.path, "old");
  // The third GET never ends, so the child can be killed while a range is under way.
  one.faults([atGet(3, "silence", { when: "after-300000-bytes-of-response" })]);
  const state = join(one.folder, "state");
  const child = startChild("download-once", one.endpoint, one.Bucket, one.Key, one.path, state, one.SecretId);
  let ranges = 0;
  while (ranges < 2) ranges = Number(await child.line());
  await child.kill();

  expect(await one.atPath()).toBe("old");
  const [part = ""] = (await one.names()).filter((name) => name.endsWith(".part"));
  expect((await readFile(join(one.folder, part))).length).toBeGreaterThan(MiB);
  one.faults();
  const result = await one.resumable({ resume: "require" });
  expect(result.bytesResumed).toBeGreaterThanOrEqual(2 * MiB - 1);
  expect(await one.holds(one.bytes)).toBe(true);
  expect(await one.names()).toEqual(["file.bin"]);
});

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
