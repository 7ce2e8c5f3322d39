import type { PeekedRequest } from "../faults/peek-request.ts";
import type { LinkOptions } from "../link/link-options.ts";
import type { Trace } from "../request/log-line.ts";
import { HangUp } from "../request/middleware.ts";
import type { EmulatorRequest, EmulatorResponse } from "../types.ts";
import { Recorder, type Take } from "./recorder.ts";
import type { Recording } from "./recording.ts";

/** A recording that goes on until it is stopped. */
export interface RunningRecording {
  /** What has been recorded so far. */
  recording(): Recording;
  /** Ends it, and returns the same. */
  stop(): Recording;
}

/** The recordings that are going on. Without one, a request costs nothing more. */
export class Recordings {
  readonly #recorders = new Set<Recorder>();
  readonly #peek: (request: EmulatorRequest) => PeekedRequest;

  constructor(peek: (request: EmulatorRequest) => PeekedRequest) {
    this.#peek = peek;
  }

  begin(now: number, link: LinkOptions | undefined): RunningRecording {
    const recorder = new Recorder(now, link);
    this.#recorders.add(recorder);
    return {
      recording: () => recorder.recording(),
      stop: () => {
        this.#recorders.delete(recorder);
        return recorder.recording();
      },
    };
  }

  /** Records a request and its response, if anybody does. Passes on what `respond` returns and throws. */
  async during(
    request: EmulatorRequest,
    trace: Trace,
    at: number,
    respond: (taken: EmulatorRequest) => Promise<EmulatorResponse>,
  ): Promise<EmulatorResponse> {
    if (this.#recorders.size === 0) return respond(request);
    const take = this.#take(request, trace, at);
    try {
      return await take.ended(await respond(take.request));
    } catch (error) {
      if (error instanceof HangUp) take.hungUp(error.manner);
      throw error;
    }
  }

  #take(request: EmulatorRequest, trace: Trace, at: number): Take {
    const peeked = this.#peek(request);
    let taken: Take = { request, ended: async (response) => response, hungUp() {} };
    for (const recorder of this.#recorders) {
      const take = recorder.take(taken.request, peeked, trace, at);
      if (take !== undefined) taken = both(taken, take);
    }
    return taken;
  }
}

function both(one: Take, other: Take): Take {
  return {
    request: other.request,
    ended: async (response) => one.ended(await other.ended(response)),
    hungUp(manner) {
      one.hungUp(manner);
      other.hungUp(manner);
    },
  };
}
