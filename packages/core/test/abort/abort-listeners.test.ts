import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { onAbort } from "../../src/abort/abort-listeners.ts";

describe("onAbort", () => {
  test("adds one listener to the signal for any number of its own, and removes it with the last", () => {
    const { signal } = new AbortController();
    const stops = Array.from({ length: 100 }, () => onAbort(signal, () => {}));
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    for (const stop of stops.slice(1)) stop();
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    stops[0]?.();
    stops[0]?.();
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
    onAbort(signal, () => {});
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
  });

  test("calls each listener once, in their order, but none that has stopped", () => {
    const controller = new AbortController();
    const { signal } = controller;
    const called: string[] = [];
    const twice = (): void => void called.push("twice");
    onAbort(signal, twice);
    onAbort(signal, twice);
    const stopped = onAbort(signal, () => called.push("stopped"));
    onAbort(signal, () => {
      called.push("stops the last");
      last();
    });
    const last = onAbort(signal, () => called.push("last"));
    stopped();
    controller.abort();
    controller.abort();
    expect(called).toEqual(["twice", "twice", "stops the last"]);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  test("adds no listener without a signal, and calls none after the abort", () => {
    const called: string[] = [];
    onAbort(undefined, () => called.push("none"))();
    onAbort(AbortSignal.abort(), () => called.push("late"))();
    expect(called).toEqual([]);
  });
});
