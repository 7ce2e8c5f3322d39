import { readdir } from "node:fs/promises";
import { expect, it } from "vitest";
import { fileCheckpoints } from "../src/checkpoints/file-checkpoints.ts";
import { startChild, useChildren } from "./child-process.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const ID = "00c0ffee";

useChildren();

it("keeps the old text or the new one when it is killed while saving", async () => {
  const directory = await temporaryDirectory();
  const store = fileCheckpoints(directory);
  let drafts = 0;
  for (let round = 0; round < 25; round++) {
    const child = startChild("save-checkpoints", directory, ID, String(round));
    // At a random instant after the first save, so that each step of a save is hit.
    await child.line();
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 8));
    await child.kill();
    const text = (await store.load(ID)) ?? "";
    const { round: saved, count, end, filler } = JSON.parse(text);
    expect([saved, end, filler.length]).toEqual([String(round), count, 200_000]);
    drafts += (await readdir(directory)).filter((name) => name.endsWith(".tmp")).length;
    const lock = await store.lock(ID);
    await lock?.release();
    expect(await readdir(directory)).toEqual([`${ID}.json`]);
  }
  // Otherwise no kill hit a save, and the test would show nothing.
  expect(drafts).toBeGreaterThan(0);
});
