import { expect, test } from "vitest";
import { Semaphore } from "../../src/upload/semaphore.ts";
import { caught } from "../support/caught.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

/** Work that records its start and ends when the test asks for it. */
function visitors(semaphore: Semaphore) {
  const inside: number[] = [];
  const begun: number[] = [];
  const leave = new Map<number, (error?: Error) => void>();
  const enter = (visitor: number): Promise<number> =>
    semaphore.run(
      () =>
        new Promise((resolve, reject) => {
          begun.push(visitor);
          inside.push(visitor);
          leave.set(visitor, (error) => {
            inside.splice(inside.indexOf(visitor), 1);
            if (error === undefined) resolve(visitor);
            else reject(error);
          });
        }),
    );
  return { inside, begun, enter, leave: (visitor: number, error?: Error) => leave.get(visitor)?.(error) };
}

test("a semaphore admits its number of callers, and the others in order of arrival", async () => {
  const clock = new VirtualClock();
  const { inside, begun, enter, leave } = visitors(new Semaphore(2));
  const passes = [1, 2, 3, 4, 5].map(enter);
  await clock.idle();
  expect(inside).toEqual([1, 2]);
  for (const visitor of [2, 1, 3, 4, 5]) {
    leave(visitor);
    await clock.idle();
    expect(inside.length).toBeLessThanOrEqual(2);
  }
  expect(begun).toEqual([1, 2, 3, 4, 5]);
  expect(await Promise.all(passes)).toEqual([1, 2, 3, 4, 5]);
});

test("a semaphore has its full number again after all callers, also failed ones", async () => {
  const clock = new VirtualClock();
  const { inside, enter, leave } = visitors(new Semaphore(2));
  const failure = new Error("no");
  const failed = caught(enter(1));
  const queued = [2, 3].map(enter);
  await clock.idle();
  leave(1, failure);
  expect(await failed).toBe(failure);
  await clock.idle();
  expect(inside).toEqual([2, 3]);
  leave(2);
  leave(3);
  await Promise.all(queued);
  const later = [4, 5, 6].map(enter);
  await clock.idle();
  expect(inside).toEqual([4, 5]);
  for (const visitor of [4, 5, 6]) {
    leave(visitor);
    await clock.idle();
  }
  await Promise.all(later);
});
