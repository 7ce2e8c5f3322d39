import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { readAhead } from "../src/sync/read-ahead.ts";

/** A list in pages of ten, which notes what is requested of it. */
function pages(count: number, failsAt = Number.POSITIVE_INFINITY) {
  const seen = { pages: 0, ended: false };
  async function* items(): AsyncGenerator<number, void, undefined> {
    try {
      for (let page = 0; page < count; page += 1) {
        if (page === failsAt) throw new Error("no such page");
        seen.pages += 1;
        await setImmediate();
        yield* Array.from({ length: 10 }, (_, index) => page * 10 + index);
      }
    } finally {
      seen.ended = true;
    }
  }
  return { seen, items };
}

it("yields every item in order", async () => {
  const { items, seen } = pages(7);
  const taken: number[] = [];
  for await (const item of readAhead(items(), 15)) taken.push(item);
  expect(taken).toEqual(Array.from({ length: 70 }, (_, index) => index));
  expect(seen).toEqual({ pages: 7, ended: true });
});

it("requests the next page before this one is used up, and no more than that", async () => {
  const { items, seen } = pages(100);
  const reader = readAhead(items(), 15);
  expect((await reader.next()).value).toBe(0);
  for (let turn = 0; turn < 20; turn += 1) await setImmediate();
  expect(seen.pages).toBeGreaterThan(1);
  // What is taken already, what waits, and the page under way.
  expect(seen.pages).toBeLessThan(5);
  await reader.return();
  expect(seen.ended).toBe(true);
});

it("an error comes after the items before it", async () => {
  const taken: number[] = [];
  const all = async (): Promise<void> => {
    for await (const item of readAhead(pages(5, 2).items(), 15)) taken.push(item);
  };
  await expect(all()).rejects.toThrow("no such page");
  expect(taken).toHaveLength(20);
});

it("ends the list when its consumer ends", async () => {
  const { items, seen } = pages(100);
  for await (const item of readAhead(items(), 15)) if (item === 12) break;
  expect(seen.ended).toBe(true);
  expect(seen.pages).toBeLessThan(6);
});
