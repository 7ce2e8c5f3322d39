import type { Redis } from "ioredis";
import { SILENCE_MS, whereIs } from "./connect.ts";

/**
 * Says when Redis has not responded for a while, and when it does again. Commands wait for it as long as it takes, and without a
 * word the program would seem to work, or to be broken itself.
 * @param report receives one line
 * @returns ends it
 */
export function watchSilence(
  redis: Redis,
  report: (line: string) => void,
  silenceMs: number = SILENCE_MS,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const ask = (): void => {
    let isLate = false;
    timer = setTimeout(() => {
      isLate = true;
      report(
        `Redis at ${whereIs(redis)} has not responded for ${silenceMs / 1000} s; this waits until it does`,
      );
    }, silenceMs).unref();
    const heard = (): void => {
      clearTimeout(timer);
      if (isOver) return;
      if (isLate) report(`Redis at ${whereIs(redis)} responds again`);
      timer = setTimeout(ask, silenceMs / 2).unref();
    };
    // A refusal is a response too. Without a connection, the command waits for the next one.
    redis.ping().then(heard, heard);
  };
  ask();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
