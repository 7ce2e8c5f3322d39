import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { MOST_REQUESTS, RequestQueue } from "../../src/http/request-queue.ts";
import { caught } from "../support/caught.ts";

/** Occupies all places but `free`. */
function busy(free: number): RequestQueue {
  const queue = new RequestQueue();
  for (let taken = free; taken < MOST_REQUESTS; taken += 1) queue.enter(false, undefined);
  return queue;
}

/** What happens to waiting requests, by name. */
function arrivals(queue: RequestQueue) {
  const entered: string[] = [];
  const enter = (name: string, short = false): void => {
    const turn = queue.enter(short, undefined);
    if (turn === undefined) entered.push(name);
    else void turn.then(() => entered.push(name));
  };
  return { entered, enter };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("the queue of a client", () => {
  test("starts requests at once while there is a place, then in order, those without a body first", async () => {
    const queue = busy(1);
    const { entered, enter } = arrivals(queue);
    for (const name of ["a", "b", "c"]) enter(name);
    enter("short", true);
    expect(entered).toEqual(["a"]);
    for (let left = 0; left < 2; left += 1) queue.leave();
    await settle();
    expect(entered).toEqual(["a", "short", "b"]);
    queue.leave();
    await settle();
    expect(entered).toEqual(["a", "short", "b", "c"]);
  });

  test("removes a waiting request when its caller aborts", async () => {
    const queue = busy(0);
    const controller = new AbortController();
    const turn = queue.enter(false, controller.signal);
    controller.abort("enough");
    expect(await caught(Promise.resolve(turn))).toBe("enough");
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
    const { entered, enter } = arrivals(queue);
    enter("next");
    queue.leave();
    await settle();
    expect(entered).toEqual(["next"]);
  });

  test("narrows to half of the requests under way, at least one; requests without a body are not affected", () => {
    const queue = new RequestQueue();
    for (let running = 0; running < 5; running += 1) queue.enter(false, undefined);
    const widths = [5, 4, 3, 2].map(() => {
      queue.narrow();
      return queue.width;
    });
    expect(widths).toEqual([2, 1, 1, 1]);
    expect(queue.enter(false, undefined)).toBeInstanceOf(Promise);
    expect(queue.enter(true, undefined)).toBeUndefined();
  });

  test("widens by one after as many successes as may run at once, up to the first width", async () => {
    const queue = new RequestQueue();
    queue.enter(false, undefined);
    queue.narrow();
    const { entered, enter } = arrivals(queue);
    enter("a");
    const widths = Array.from({ length: 6 }, () => {
      queue.widen();
      return queue.width;
    });
    expect(widths).toEqual([2, 2, 3, 3, 3, 4]);
    await settle();
    expect(entered).toEqual(["a"]);
    for (let successes = 0; successes < MOST_REQUESTS ** 2; successes += 1) queue.widen();
    expect(queue.width).toBe(MOST_REQUESTS);
  });
});
