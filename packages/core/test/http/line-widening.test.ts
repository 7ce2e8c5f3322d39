import { expect, test } from "vitest";
import { Line } from "../../src/http/line.ts";
import { RequestQueue } from "../../src/http/request-queue.ts";

test("requests that succeed widen the queue again that timeouts have narrowed", () => {
  let now = 0;
  const queue = new RequestQueue();
  const line = new Line(() => now, queue);
  const exchange = (ms: number, ending: "sent" | "timeout"): void => {
    queue.enter(false, undefined);
    const sending = { length: 1_000_000, accepted: () => 1_000_000 };
    line.begin(sending);
    now += ms;
    line.end(sending, ending);
    queue.leave();
  };
  for (let time = 0; time < 3; time += 1) exchange(60_000, "timeout");
  expect(queue.width).toBe(1);
  for (let time = 0; time < 10_000; time += 1) exchange(100, "sent");
  expect(queue.width).toBe(128);
});
