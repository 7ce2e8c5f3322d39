import type { Timetable } from "./timetable.ts";

const MINUTE_MS = 60_000;

/** The time of the day, and a timer that does not keep the process running. Tests have their own. */
export interface WallClock {
  now(): Date;
  after(ms: number, fire: () => void): void;
}

const wallClock: WallClock = {
  now: () => new Date(),
  after: (ms, fire) => void setTimeout(fire, ms).unref(),
};

/**
 * Calls `change` with the limit of now, and again whenever the timetable has another one, until it returns false. The
 * time is looked at when a minute begins, because a clock can be set, and a machine can sleep.
 */
export function followTimetable(
  timetable: Timetable,
  change: (limit: number | undefined) => boolean,
  clock: WallClock = wallClock,
): void {
  let limit = timetable.limitAt(clock.now());
  if (!change(limit)) return;
  const look = (): void => {
    const next = timetable.limitAt(clock.now());
    const goesOn = next === limit || change(next);
    limit = next;
    if (goesOn) wait();
  };
  const wait = (): void => clock.after(MINUTE_MS - (clock.now().getTime() % MINUTE_MS), look);
  wait();
}
