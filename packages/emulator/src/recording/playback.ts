import type { PlaybackRun } from "./playback-run.ts";
import { identityOf } from "./playback-run.ts";
import { describeExchange, type Exchange, type Recording } from "./recording.ts";
import type { RunningRecording } from "./recordings.ts";

/** A recording that is being played again. */
export interface Playback {
  /** The run whose requests it applies to. */
  readonly run: string;
  report(): PlaybackReport;
  /** @throws {Error} naming what went wrong in the recording and whose request has not come */
  expectAllPlayed(): void;
  /** Ends it: later requests meet no fault. Returns the last report. */
  stop(): PlaybackReport;
}

/** What has been played, and how the requests differ from the recorded ones. */
export interface PlaybackReport {
  /** Recorded exchanges that went wrong again. */
  readonly played: readonly Exchange[];
  /** Recorded exchanges that went wrong, and whose request has not come, or not as far as their fault. */
  readonly missed: readonly Exchange[];
  /** Requests that are not in the recording. */
  readonly unknown: readonly Exchange[];
  /** Requests with another body, or with another outcome. */
  readonly different: readonly { readonly recorded: Exchange; readonly now: Exchange }[];
}

/** @param live records what happens meanwhile @param end removes the run */
export function playbackOf(
  recording: Recording,
  run: PlaybackRun,
  live: RunningRecording,
  end: () => void,
): Playback {
  const report = (): PlaybackReport => compare(recording, run, live.recording());
  return {
    run: run.name,
    report,
    expectAllPlayed() {
      const { missed } = run.outcome();
      if (missed.length === 0) return;
      const lines = missed.map((exchange) => `  [${exchange.order}] ${describeExchange(exchange)}`);
      throw new Error(`not played, because the request has not come:\n${lines.join("\n")}`);
    },
    stop() {
      end();
      live.stop();
      return report();
    },
  };
}

function compare(recording: Recording, run: PlaybackRun, live: Recording): PlaybackReport {
  const recorded = new Map(
    recording.exchanges.map((exchange) => [identityOf(exchange, exchange.attempt), exchange]),
  );
  const unknown: Exchange[] = [];
  const different: { recorded: Exchange; now: Exchange }[] = [];
  for (const now of live.exchanges) {
    const before = recorded.get(identityOf(now, now.attempt));
    if (before === undefined) unknown.push(now);
    else if (differs(before, now)) different.push({ recorded: before, now });
  }
  return { ...run.outcome(), unknown, different };
}

function differs(before: Exchange, now: Exchange): boolean {
  const [one, other] = [before.request.body, now.request.body];
  // A body that was not read to its end may have been stopped at another byte.
  const isOther = one?.whole === true && other?.whole === true && one.crc64 !== other.crc64;
  return isOther || outcomeOf(before) !== outcomeOf(now);
}

function outcomeOf({ response, hungUp }: Exchange): string {
  return JSON.stringify([response?.status, response?.code, hungUp]);
}
