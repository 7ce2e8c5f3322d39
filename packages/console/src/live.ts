import type { Api } from "./api.ts";
import type { LiveEvent } from "./data.ts";

export type LiveState = "connecting" | "live" | "lost" | "refused";

const RETRY_MS = 1_000;

/**
 * The stream of events. It is read by fetch, because EventSource cannot send the token. A hidden page reads nothing: a
 * browser has six connections to a host, and the pages of one emulator share them.
 */
export class LiveFeed {
  readonly #api: Api;
  readonly #onEvent: (event: LiveEvent) => void;
  readonly #onState: (state: LiveState) => void;
  /** How many requests are known; undefined: none were asked for. */
  #count: number | undefined;
  #reading: AbortController | undefined;

  constructor(api: Api, onEvent: (event: LiveEvent) => void, onState: (state: LiveState) => void) {
    this.#api = api;
    this.#onEvent = onEvent;
    this.#onState = onState;
  }

  start(): void {
    document.addEventListener("visibilitychange", () => this.#followVisibility());
    this.#followVisibility();
  }

  #followVisibility(): void {
    if (document.hidden) {
      this.#reading?.abort();
      this.#reading = undefined;
    } else if (this.#reading === undefined) {
      this.#reading = new AbortController();
      void this.#read(this.#reading.signal);
    }
  }

  async #read(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        this.#onState("connecting");
        const response = await this.#api.live(this.#count, signal);
        this.#onState("live");
        for await (const event of eventsOf(response)) {
          this.#count = event.count;
          this.#onEvent(event);
        }
      } catch (error) {
        if (signal.aborted) return;
        if ((error as { status?: number }).status === 403) return this.#onState("refused");
      }
      if (signal.aborted) return;
      this.#onState("lost");
      // Another process at this port counts its own requests.
      this.#count = undefined;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** The events of a response: lines that begin with `data:`, each followed by an empty one. */
export async function* eventsOf(response: Response): AsyncGenerator<LiveEvent> {
  if (response.body === null) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const event = text.slice(0, end);
      text = text.slice(end + 2);
      if (event.startsWith("data: ")) yield JSON.parse(event.slice("data: ".length)) as LiveEvent;
    }
  }
}
