import { FleetError } from "../fleet-error.ts";

/** The reply to a command that needs memory; scripts and transactions put it into a longer text. */
const FULL = /\bOOM command not allowed/;

/** The error of a Redis whose memory is full as a FleetError that says what to do; other errors stay as they are. */
export function withRedisFull(error: unknown, repeat: string): unknown {
  if (!(error instanceof Error) || !FULL.test(error.message)) return error;
  return new FleetError(
    "redis-full",
    `Redis is full: raise \`maxmemory\` in redis.conf, or delete the keys of runs that are over; then ${repeat}`,
    { cause: error },
  );
}
