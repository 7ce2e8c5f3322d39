import { createContext } from "./client-context.ts";
import { withinTime } from "./http/call-timeout.ts";
import type { Observer } from "./http/observer.ts";
import { hasLimits, requestLimits } from "./http/request-limits.ts";
import type { CosOptions } from "./options.ts";
import type { CallOptions } from "./params/call-options.ts";
import { checkParameters, type Method } from "./params/table.ts";
import { type Clock, systemClock } from "./runtime/clock.ts";
import type { Runtime } from "./runtime/runtime.ts";
import type { ClientContext } from "./transfers/context.ts";
import type { readerInBlocksFor } from "./transfers/reader-in-blocks-for.ts";
import type { ReadXml } from "./xml/document.ts";

/** What methods call back. */
interface Callbacks {
  readonly onWarning?: (...values: unknown[]) => unknown;
  readonly onProgress?: (...values: unknown[]) => unknown;
}

/** What every method of a client has in common: its parameters are checked, and `close()` stops it. */
export class ClientBase {
  readonly #context: ClientContext;

  /**
   * Adapters call it, in `createCos`.
   * @param clock for tests on virtual time
   * @param readXml reads COS's documents; default: a reader of little more than their own features
   * @param readerInBlocks decides whether parts are read while they are sent; default: they are read before
   */
  constructor(
    runtime: Runtime,
    options: CosOptions,
    clock: Clock = systemClock,
    readXml?: ReadXml,
    readerInBlocks?: typeof readerInBlocksFor,
  ) {
    this.#context = createContext(runtime, options, clock, readXml, readerInBlocks);
  }

  /** Whether {@link close} was called. */
  get closed(): boolean {
    return this.#context.lifetime.closed;
  }

  /**
   * Closes all connections, so that the process can end. It is final: calls under way, and every later call, reject with a
   * {@link CosError} of code `client-closed`. Closing twice does no harm.
   */
  async close(): Promise<void> {
    this.#context.lifetime.close();
    await this.#context.runtime.close?.();
  }

  /** {@link close}, for `await using cos = createCos(…)`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * Checks the parameters, and calls `operation` with a signal that aborts also when the client is closed. Public for the
   * operations that are functions.
   * @internal
   */
  call<P extends object, R>(
    method: Method,
    operation: (context: ClientContext, parameters: P) => R,
    parameters: P,
  ): R {
    this.#context.lifetime.throwIfClosed();
    checkParameters(method, parameters);
    const ended = this.#context.runtime.beginCall?.();
    const result = this.#run(method, operation, parameters);
    if (ended === undefined) return result;
    if (result instanceof Promise) result.then(ended, ended);
    else ended();
    return result;
  }

  #run<P extends object, R>(
    method: Method,
    operation: (context: ClientContext, parameters: P) => R,
    parameters: P,
  ): R {
    const { lifetime, clock, timeoutMs, observer } = this.#context;
    const options = parameters as CallOptions;
    const signal = lifetime.signalFor(options.signal);
    if (timeoutMs === undefined && !hasLimits(options)) {
      return operation(this.#context, ownParameters(parameters, signal, observer));
    }
    const limits = requestLimits(options, this.#context);
    const context: ClientContext = { ...this.#context, ...limits };
    const run = (within: AbortSignal): R => operation(context, ownParameters(parameters, within, observer));
    return limits.timeoutMs === undefined
      ? run(signal)
      : withinTime(clock, method.name, limits.timeoutMs, signal, run);
  }
}

/**
 * The parameters with the call's signal, and callbacks that do not end the process. `Object.assign`, because V8 gives each
 * object literal that begins with a spread a hidden class of its own, which makes every later read of it slow: 8 µs for each
 * call.
 */
function ownParameters<P extends object>(parameters: P, signal: AbortSignal, observer: Observer): P {
  const { onWarning, onProgress } = parameters as Callbacks;
  return Object.assign({}, parameters, {
    signal,
    onWarning: observer.guarded("onWarning", onWarning),
    onProgress: observer.guarded("onProgress", onProgress, true),
  });
}
