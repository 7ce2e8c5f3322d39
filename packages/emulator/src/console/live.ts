import type { RequestHistory } from "../requests/history.ts";
import type { RunningRequests } from "../requests/running-requests.ts";
import type { EmulatorResponse } from "../types.ts";

/** What the stream tells of. */
export interface Observed {
  readonly history: RequestHistory;
  readonly running: RunningRequests;
}

/** The shortest time between two events, in milliseconds: what happens meanwhile is one event. */
const PAUSE_MS = 50;
/** Requests of one event; of more, only the newest are told. */
const MOST_REQUESTS = 1_000;
/** Requests under way of one event. */
const MOST_RUNNING = 100;

/**
 * A stream of server-sent events: the requests since the last event, and those under way. The state is read when the
 * connection takes the next event, so a slow reader gets fewer events and never a queue.
 *
 * @param from how many requests the reader knows of; `NaN`: it gets the newest
 */
export function liveResponse(observed: Observed, from: number, gone: AbortSignal): EmulatorResponse {
  return {
    status: 200,
    headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-store" },
    body: events(observed, from, gone),
    bare: true,
  };
}

async function* events(
  { history, running }: Observed,
  from: number,
  gone: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const follower = history.news.follow();
  let known = Number.isNaN(from) ? 0 : from;
  let greeted = Number.isNaN(from);
  try {
    while (!gone.aborted) {
      const { entries, count } = history.after(known, MOST_REQUESTS);
      const underWay = running.all();
      const missed = greeted ? 0 : Math.max(count - known - entries.length, 0);
      greeted = false;
      known = count;
      const event = {
        count,
        missed,
        requests: entries,
        running: underWay.slice(0, MOST_RUNNING),
        runningCount: underWay.length,
      };
      yield Buffer.from(`data: ${JSON.stringify(event)}\n\n`);
      await follower.next(gone);
      await pause(gone);
    }
  } finally {
    follower.stop();
  }
}

function pause(gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      gone.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, PAUSE_MS);
    gone.addEventListener("abort", done);
    if (gone.aborted) done();
  });
}
