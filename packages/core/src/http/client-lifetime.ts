import { onAbort } from "../abort/abort-listeners.ts";
import { OwnSignal } from "../abort/own-signal.ts";
import { CosError } from "../errors.ts";

/** The time from the creation of a client to its `close()`. */
export class ClientLifetime {
  readonly #open = new OpenSignals();
  #closed = false;

  /** Whether `close()` was called. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Aborts every call that is under way, and refuses later ones. */
  close(): void {
    this.#closed = true;
    for (const signal of this.#open.all()) signal.onClientClosed();
  }

  /** @throws {CosError} `client-closed` */
  throwIfClosed(): void {
    if (this.#closed) throw clientClosed();
  }

  /** The signal of one call: it aborts with the caller's, or when the client is closed. */
  signalFor(caller: AbortSignal | undefined): AbortSignal {
    return new CallSignal(this, caller, this.#open);
  }
}

/** The failure of every call after `close()`, and of those under way. A new one each time: callers add hints to it. */
function clientClosed(): CosError {
  return new CosError("this client was closed", {
    code: "client-closed",
    retryable: false,
    hint: "close() is final: make a new client, and close it after its last call",
  });
}

/**
 * The signal of one call. It listens to the caller's signal only while it has listeners itself, so nothing has to release it.
 */
class CallSignal extends OwnSignal {
  /** Its index among the open signals; -1 when it is not one of them. */
  place = -1;
  readonly #lifetime: ClientLifetime;
  readonly #caller: AbortSignal | undefined;
  readonly #open: OpenSignals;
  #closed: CosError | undefined;
  #leaveCaller: (() => void) | undefined;

  constructor(lifetime: ClientLifetime, caller: AbortSignal | undefined, open: OpenSignals) {
    super();
    this.#lifetime = lifetime;
    this.#caller = caller;
    this.#open = open;
  }

  get aborted(): boolean {
    return this.#caller?.aborted === true || this.#lifetime.closed;
  }

  get reason(): unknown {
    if (this.#caller?.aborted) return this.#caller.reason;
    if (!this.#lifetime.closed) return undefined;
    this.#closed ??= clientClosed();
    return this.#closed;
  }

  /** Called by the client's lifetime. */
  onClientClosed(): void {
    this.dispatchEvent(new Event("abort"));
  }

  protected override listened(): void {
    if (this.#caller !== undefined) {
      this.#leaveCaller = onAbort(this.#caller, () => this.dispatchEvent(new Event("abort")));
    }
    this.#open.add(this);
  }

  protected override left(): void {
    this.#leaveCaller?.();
    this.#leaveCaller = undefined;
    this.#open.remove(this);
  }
}

/** The signals that have listeners. Each knows its index, because thousands of calls may be under way. */
class OpenSignals {
  readonly #signals: CallSignal[] = [];

  all(): readonly CallSignal[] {
    return [...this.#signals];
  }

  add(signal: CallSignal): void {
    signal.place = this.#signals.push(signal) - 1;
  }

  /** The last signal takes its index. */
  remove(signal: CallSignal): void {
    const { place } = signal;
    if (place < 0) return;
    signal.place = -1;
    const last = this.#signals.pop();
    if (last === undefined || last === signal) return;
    this.#signals[place] = last;
    last.place = place;
  }
}
