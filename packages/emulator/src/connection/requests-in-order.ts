import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { mannerOfLeaving } from "./hang-up.ts";
import { refuseUnparsable } from "./refuse-unparsable.ts";

interface Pipelined {
  readonly request: IncomingMessage;
  state: "waits" | "runs" | "dropped";
}

/**
 * The requests of one connection, carried out one after the other: a client that pipelines a PUT and a GET of the same
 * key gets what it has put. Of requests behind one that ended the connection, nothing is carried out.
 */
export class RequestsInOrder {
  readonly #socket: Duplex;
  /** How many requests the connection has brought. */
  count = 0;
  #unfinished = 0;
  #latest: Pipelined | undefined;
  #done: Promise<void> = Promise.resolve();

  constructor(socket: Duplex) {
    this.#socket = socket;
  }

  /** Calls `serve` when the requests before are done, unless nothing may follow them. `serve` never rejects. */
  add(request: IncomingMessage, serve: () => Promise<void>): void {
    const pipelined: Pipelined = { request, state: "waits" };
    this.count += 1;
    this.#unfinished += 1;
    this.#latest = pipelined;
    this.#done = this.#done.then(async () => {
      if (this.#mayFollow() && pipelined.state === "waits") {
        pipelined.state = "runs";
        await serve();
      } else if (mannerOfLeaving(this.#socket) !== "stop-reading") request.resume();
      this.#unfinished -= 1;
    });
  }

  /** Resolves when nothing of the connection is running or waiting any more. */
  async settled(): Promise<void> {
    for (let done: Promise<void> | undefined; done !== this.#done; ) {
      done = this.#done;
      await done;
    }
  }

  /** Call it for bytes that are no request. */
  async refuse(error: NodeJS.ErrnoException): Promise<void> {
    const latest = this.#unfinished > 0 ? this.#latest : undefined;
    // Bytes beyond a Content-Length look like a broken next request. COS drops them and responds to the first.
    if (latest?.request.complete) {
      await this.settled();
      this.#socket.end();
      return;
    }
    if (latest?.state === "waits") {
      latest.state = "dropped";
      await this.settled();
    }
    // A fault that is silent stays silent.
    if (this.#isSilent() && error.code !== "ECONNRESET") return;
    refuseUnparsable(error, this.#socket);
  }

  #isSilent(): boolean {
    const manner = mannerOfLeaving(this.#socket);
    return manner === "silence" || manner === "stop-reading";
  }

  #mayFollow(): boolean {
    return this.#socket.writable && mannerOfLeaving(this.#socket) === undefined;
  }
}
