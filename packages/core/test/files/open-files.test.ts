import { describe, expect, test } from "vitest";
import { OpenFiles } from "../../src/files/open-files.ts";
import { caught } from "../support/caught.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const full = Object.assign(new Error("no descriptor is free"), { code: "EMFILE" });

/** A process that may have so many files open. */
function table(size: number) {
  const clock = new VirtualClock();
  const files = new OpenFiles({ isTableFull: (error) => error === full, clock });
  const world = { free: size, attempts: 0 };
  const take = async (): Promise<string> => {
    world.attempts += 1;
    await undefined;
    if (world.free === 0) throw full;
    world.free -= 1;
    return "open";
  };
  const give = (): void => {
    world.free += 1;
    files.closed();
  };
  return { clock, files, world, take, give };
}

describe("a full table", () => {
  test("is waited for in order of arrival, for any time, while descriptors are released", async () => {
    const { clock, files, take, give } = table(2);
    const order: number[] = [];
    const hours = 3_600_000;
    const opened = Array.from({ length: 20 }, async (_, index) => {
      await files.open(take);
      order.push(index);
      // Much longer than the limit of one wait, because the queue as a whole progresses.
      clock.timer(5_000, give);
    });
    const began = clock.now();
    await clock.run(Promise.all(opened));
    expect(order).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(clock.now() - began).toBeGreaterThan(40_000);
    expect(clock.now() - began).toBeLessThan(hours);
  });

  test("gives a released descriptor to the first in the queue, without a delay", async () => {
    const { clock, files, take, give } = table(1);
    await files.open(take);
    const second = files.open(take);
    await clock.run(Promise.resolve());
    const began = clock.now();
    give();
    expect(await second).toBe("open");
    expect(clock.now()).toBe(began);
  });

  test("closes idle files at once", async () => {
    const { clock, files, world, take, give } = table(3);
    const suspended: number[] = [];
    for (const index of [0, 1, 2]) {
      await files.open(take);
      const file = {
        suspend: () => {
          suspended.push(index);
          give();
        },
      };
      files.idle(file);
      if (index === 1) files.busy(file);
    }
    const began = clock.now();
    expect(await clock.run(files.open(take))).toBe("open");
    expect(suspended).toEqual([0, 2]);
    expect(clock.now()).toBe(began);
    expect(world.free).toBe(1);
  });

  test("gets the descriptor of a file that becomes idle while others wait", async () => {
    const { clock, files, take, give } = table(1);
    await files.open(take);
    const waiting = files.open(take);
    clock.timer(100, () => files.idle({ suspend: give }));
    expect(await clock.run(waiting)).toBe("open");
  });

  test("that does not change is an error after 10 s, for all that wait", async () => {
    const { clock, files, take } = table(0);
    const began = clock.now();
    const outcomes = await clock.run(Promise.all(Array.from({ length: 50 }, () => caught(files.open(take)))));
    expect(outcomes.every((error) => error === full)).toBe(true);
    expect(clock.now() - began).toBeGreaterThanOrEqual(10_000);
    expect(clock.now() - began).toBeLessThan(12_000);
  });

  test("is noticed to have room again when other code in the process closes files", async () => {
    const { clock, files, world, take } = table(0);
    clock.timer(7_000, () => {
      world.free = 1;
    });
    expect(await clock.run(files.open(take))).toBe("open");
  });
});

test("an abort ends the wait with its reason, and the queue continues", async () => {
  const { clock, files, take, give } = table(1);
  await files.open(take);
  const controller = new AbortController();
  const reason = new Error("enough");
  const aborted = [files.open(take, controller.signal), files.open(take, controller.signal)].map(caught);
  const next = files.open(take);
  clock.timer(500, () => controller.abort(reason));
  clock.timer(1_000, give);
  expect(await clock.run(Promise.all(aborted))).toEqual([reason, reason]);
  expect(await clock.run(next)).toBe("open");
  expect(await caught(files.open(take, controller.signal))).toBe(reason);
});

test("another failure does not wait, at the head of the queue either", async () => {
  const { clock, files, take, give } = table(1);
  const missing = new Error("ENOENT");
  expect(await caught(files.open(() => Promise.reject(missing)))).toBe(missing);
  await files.open(take);
  const first = files.open(take);
  const failing = caught(files.open(() => Promise.reject(missing)));
  clock.timer(100, give);
  expect(await clock.run(first)).toBe("open");
  expect(await clock.run(failing)).toBe(missing);
});

test("32 idle files stay open, those read last", () => {
  const { files } = table(0);
  const suspended: number[] = [];
  for (let index = 0; index < 40; index += 1) files.idle({ suspend: () => suspended.push(index) });
  expect(suspended).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});
