import fc from "fast-check";
import { expect, test } from "vitest";
import { ServerClock } from "../../src/auth/server-clock.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

test("ServerClock.keyTime() is valid now, reaches back within COS's tolerance and at least ten minutes ahead", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), (now) => {
      const [start = 0, end = 0] = new ServerClock(new VirtualClock(now)).keyTime().split(";").map(Number);
      const seconds = now / 1000;
      expect(start).toBeLessThanOrEqual(seconds - 60);
      expect(start).toBeGreaterThan(seconds - 900);
      expect(end).toBeGreaterThanOrEqual(seconds + 600);
    }),
  );
});

test("ServerClock.keyTime() stays the same for five minutes, so that one SignKey serves them", async () => {
  const clock = new VirtualClock(1_700_000_100_000);
  const server = new ServerClock(clock);
  const first = server.keyTime();
  await clock.advance(299_999);
  expect(server.keyTime()).toBe(first);
  await clock.advance(1);
  expect(server.keyTime()).not.toBe(first);
});

test("ServerClock.correct() corrects once for all requests that were signed with the old time", () => {
  const server = new ServerClock(new VirtualClock(1_000_000));
  expect(server.correct(4_600_000, 0)).toBe(true);
  expect(server.now()).toBe(4_600_000);
  expect(server.correct(9_999_999, 0)).toBe(true);
  expect(server.now()).toBe(4_600_000);
});

test.each([
  ["within 30 s", 1_029_999],
  ["unreadable", Number.NaN],
])("ServerClock.correct() returns false when COS's time is %s", (_, time) => {
  const server = new ServerClock(new VirtualClock(1_000_000));
  expect(server.correct(time, 0)).toBe(false);
  expect(server.offsetMs).toBe(0);
});
