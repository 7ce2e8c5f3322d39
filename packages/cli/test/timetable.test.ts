import { describe, expect, it } from "vitest";
import { followTimetable, type WallClock } from "../src/bandwidth/follow-timetable.ts";
import { parseBandwidthLimit } from "../src/bandwidth/timetable.ts";

const K = 1024;
const DAY = "08:00,512K 12:00,10M 23:00,off";
const at = (hours: number, minutes: number, day = 29): Date => new Date(2026, 10, day, hours, minutes);

describe("parseBandwidthLimit()", () => {
  it("one limit lasts all day", () => {
    const timetable = parseBandwidthLimit("1.5M");
    expect(timetable.changes).toBe(false);
    expect([timetable.limitAt(at(0, 0)), timetable.lowest]).toEqual([1536 * K, 1536 * K]);
    expect(parseBandwidthLimit("off").lowest).toBeUndefined();
  });

  it.each([
    [7, 59, undefined],
    [8, 0, 512 * K],
    [11, 59, 512 * K],
    [12, 0, 10 * K * K],
    [22, 59, 10 * K * K],
    [23, 0, undefined],
    [0, 0, undefined],
  ])("at %i:%i the limit is %s", (hours, minutes, limit) => {
    const timetable = parseBandwidthLimit(DAY);
    expect(timetable.limitAt(at(hours, minutes))).toBe(limit);
    expect(timetable.lowest).toBe(512 * K);
  });

  it("takes the times in any order", () => {
    expect(parseBandwidthLimit("23:00,off 8:00,512K").limitAt(at(9, 0))).toBe(512 * K);
  });

  it.each<[string, string]>([
    ["", "'' must be off"],
    ["fast", "'fast' must be off, or bytes per second: bytes, or a number with K, M"],
    ["10M:1M", "'10M:1M' must be off"],
    ["8K", "from 16K to 1T"],
    ["2T", "from 16K to 1T"],
    ["08:00", "'08:00' must be off"],
    ["08:00,", "'08:00,' must be HH:MM,RATE"],
    ["24:00,1M", "'24:00,1M' must be HH:MM,RATE"],
    ["08:60,1M", "'08:60,1M' must be HH:MM,RATE"],
    ["Mon-08:00,1M", "must be HH:MM,RATE"],
    ["08:00,1M 12:00,slow", "'slow' must be off"],
    ["08:00,1M 12:00", "'12:00' must be HH:MM,RATE"],
    ["08:00,1M 8:00,2M", "one time twice"],
  ])("refuses %j", (text, says) => {
    expect(() => parseBandwidthLimit(text)).toThrow(says);
  });
});

/** A clock whose timers fire when its time is set. */
function clockAt(start: Date): WallClock & { set(time: Date): void; waits: number[] } {
  let now = start;
  let waiting: (() => void) | undefined;
  const waits: number[] = [];
  return {
    waits,
    now: () => now,
    after: (ms, fire) => {
      waits.push(ms);
      waiting = fire;
    },
    set: (time) => {
      now = time;
      const fire = waiting;
      waiting = undefined;
      fire?.();
    },
  };
}

describe("followTimetable()", () => {
  it("changes the limit while the command runs, and only then", () => {
    const clock = clockAt(new Date(2026, 10, 29, 7, 59, 45));
    const limits: (number | undefined)[] = [];
    followTimetable(parseBandwidthLimit(DAY), (limit) => limits.push(limit) > 0, clock);
    expect(clock.waits).toEqual([15_000]);
    for (const time of [at(8, 0), at(8, 1), at(12, 0), at(23, 0), at(8, 0, 30)]) clock.set(time);
    expect(limits).toEqual([undefined, 512 * K, 10 * K * K, undefined, 512 * K]);
    expect(clock.waits.at(-1)).toBe(60_000);
  });

  it("sees a machine that has slept over a change", () => {
    const clock = clockAt(at(7, 0));
    const limits: (number | undefined)[] = [];
    followTimetable(parseBandwidthLimit(DAY), (limit) => limits.push(limit) > 0, clock);
    clock.set(at(15, 30));
    expect(limits).toEqual([undefined, 10 * K * K]);
  });

  it("ends when the client is closed", () => {
    const clock = clockAt(at(7, 59));
    followTimetable(parseBandwidthLimit(DAY), (limit) => limit === undefined, clock);
    clock.set(at(8, 0));
    expect(clock.waits).toHaveLength(1);
  });
});
