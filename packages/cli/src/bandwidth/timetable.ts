import { InvalidArgumentError } from "commander";
import { SIZE_FORMS, sizeOf } from "../parse-size.ts";

/** What the client accepts, in bytes per second. */
const LEAST = 16 * 1024;
const MOST = 1024 ** 4;

/** A limit that begins at a time of the day. */
interface Slot {
  /** Minutes since midnight, local time. */
  readonly minute: number;
  /** Bytes per second; undefined: no limit. */
  readonly limit: number | undefined;
}

/** The value of `--bwlimit`: one limit, or several by the time of the day. */
export class Timetable {
  readonly #slots: readonly Slot[];

  /** @param slots at least one, in the order of the day */
  constructor(slots: readonly Slot[]) {
    this.#slots = slots;
  }

  /** Whether the limit changes. */
  get changes(): boolean {
    return this.#slots.length > 1;
  }

  /** The lowest limit in bytes per second; undefined: there is never one. */
  get lowest(): number | undefined {
    const limits = this.#slots.flatMap(({ limit }) => (limit === undefined ? [] : [limit]));
    return limits.length === 0 ? undefined : Math.min(...limits);
  }

  /** The limit at a local time, in bytes per second; undefined: none. The last one of a day lasts until the first. */
  limitAt(time: Date): number | undefined {
    const minute = time.getHours() * 60 + time.getMinutes();
    const slot = this.#slots.findLast((each) => each.minute <= minute) ?? this.#slots.at(-1);
    return slot?.limit;
  }
}

/**
 * Parses `--bwlimit`: `10M`, `off`, or a timetable `08:00,512K 12:00,10M 23:00,off`.
 * @throws {InvalidArgumentError} it is none of them, or a limit is out of range
 */
export function parseBandwidthLimit(text: string): Timetable {
  const words = text.trim().split(/\s+/);
  const [only = ""] = words;
  if (words.length === 1 && !only.includes(",")) return new Timetable([{ minute: 0, limit: limitOf(only) }]);
  const slots = words.map(slotOf).sort((one, other) => one.minute - other.minute);
  const twice = slots.find(({ minute }, index) => slots[index + 1]?.minute === minute);
  if (twice !== undefined) throw new InvalidArgumentError("It has one time twice.");
  return new Timetable(slots);
}

function slotOf(word: string): Slot {
  const [, hours = "", minutes = "", rate = ""] = /^(\d{1,2}):(\d\d),(.+)$/.exec(word) ?? [];
  const minute = Number(hours) * 60 + Number(minutes);
  if (rate === "" || Number(hours) > 23 || Number(minutes) > 59)
    throw new InvalidArgumentError(
      `'${word}' must be HH:MM,RATE. A timetable is "08:00,512K 12:00,10M 23:00,off".`,
    );
  return { minute, limit: limitOf(rate) };
}

function limitOf(rate: string): number | undefined {
  if (rate === "off") return undefined;
  const limit = sizeOf(rate);
  if (limit === undefined)
    throw new InvalidArgumentError(
      `'${rate}' must be off, or bytes per second: ${SIZE_FORMS}; or a timetable "08:00,512K 23:00,off".`,
    );
  if (limit < LEAST || limit > MOST)
    throw new InvalidArgumentError(`'${rate}' must be from 16K to 1T bytes per second.`);
  return limit;
}
