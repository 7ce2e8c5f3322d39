import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { runWorkers } from "../../src/upload/run-workers.ts";
import { caught } from "../support/caught.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { untilAborted } from "../support/wire.ts";

describe("runWorkers()", () => {
  test("waits for all loops, and throws the first failure, not its consequence", async () => {
    const clock = new VirtualClock();
    const first = new Error("first");
    let ended = 0;
    let index = 0;
    const loop = async (stop: AbortSignal): Promise<void> => {
      const mine = index;
      index += 1;
      try {
        if (mine === 1) {
          await clock.sleep(10);
          throw first;
        }
        await untilAborted(stop).catch(async () => {
          await clock.sleep(50);
          throw new Error("echo");
        });
      } finally {
        ended += 1;
      }
    };
    expect(await caught(clock.run(runWorkers(4, loop, undefined)))).toBe(first);
    expect(ended).toBe(4);
  });

  test("throws the caller's reason, and leaves no listener on its signal", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const work = runWorkers(3, untilAborted, controller.signal);
    controller.abort(reason);
    expect(await caught(work)).toBe(reason);
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
    const quiet = new AbortController();
    await runWorkers(3, async () => {}, quiet.signal);
    expect(getEventListeners(quiet.signal, "abort")).toHaveLength(0);
  });

  test("throws the reason of a signal that was aborted before", async () => {
    const reason = new Error("too late");
    const loop = async (stop: AbortSignal): Promise<void> => stop.throwIfAborted();
    expect(await caught(runWorkers(2, loop, AbortSignal.abort(reason)))).toBe(reason);
  });
});
