import { expect, test } from "vitest";
import { Arena } from "../../src/digest/arena.ts";
import { caught } from "../support/caught.ts";

test("a memory shortage while a waiter is served fails the waiter, not the upload that released", async () => {
  let made = 0;
  const makeMemory = (bytes: number): ArrayBuffer => {
    made += 1;
    if (made === 2) throw new RangeError("no memory");
    return new ArrayBuffer(bytes);
  };
  const arena = new Arena(makeMemory, 0, 1024 * 1024, true);
  const held = await arena.allocate(8192);
  const short = caught(arena.allocate(16_384));
  const next = arena.allocate(4096);
  held.release();
  expect(await short).toMatchObject({ message: "no memory" });
  expect((await next).bytes.length).toBe(4096);
});
