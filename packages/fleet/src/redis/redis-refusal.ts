import { FleetError } from "../fleet-error.ts";

/** The reply of a replica; scripts put it into a longer text. */
const READ_ONLY = /\bREADONLY You can't write/;

/** The reply to a command that needs memory; scripts and transactions put it into a longer text. */
const FULL = /\bOOM command not allowed/;

/** The error of a Redis that writes nothing now as a FleetError that says what to do; other errors stay as they are. */
export function withRedisRefusal(error: unknown, repeat: string): unknown {
  if (!(error instanceof Error)) return error;
  if (READ_ONLY.test(error.message))
    return new FleetError(
      "redis-read-only",
      `this Redis is a replica, which cannot be written: give the address of its master; then ${repeat}`,
      { cause: error },
    );
  if (!FULL.test(error.message)) return error;
  return new FleetError(
    "redis-full",
    `Redis is full: raise \`maxmemory\` in redis.conf, or delete the keys of runs that are over; then ${repeat}`,
    { cause: error },
  );
}
