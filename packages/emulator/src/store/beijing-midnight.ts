export const DAY = 24 * 60 * 60 * 1000;
const ZONE = 8 * 60 * 60 * 1000;

/** The first midnight in Beijing that is not before a time. COS counts days of restores and lifecycles to it. */
export function beijingMidnightAfter(ms: number): number {
  return Math.ceil((ms + ZONE) / DAY) * DAY - ZONE;
}
