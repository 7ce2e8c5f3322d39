import { getEventListeners } from "node:events";
import type { ProgressCallback, ProgressDetails, WarningCallback } from "@cosup/core";
import { CosError } from "@cosup/core";
import type { Rig } from "./rig.ts";
import { leakOf } from "./secrets.ts";

/** How a call of the client ended. */
export type Outcome<T = unknown> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "failed"; readonly error: Error; readonly code: string }
  | { readonly kind: "aborted" };

export interface Hooks {
  readonly signal: AbortSignal;
  readonly onProgress: ProgressCallback;
  readonly onWarning: WarningCallback;
}

export interface CallShape {
  readonly name: string;
  /** Keys, or prefixes of them, that requests may be about. */
  readonly keys: readonly string[];
  /** Abort at this many instants of the network from now. */
  readonly abortAfter?: number | undefined;
  /** Whether success means that the progress has reached the total; a skipped file of a folder has none. */
  readonly counts?: boolean;
  /** Whether the call keeps checkpoints, which limit how often progress is reported. */
  readonly paced?: boolean;
}

/**
 * Makes one call and checks the promises of every call. Other calls may run in parallel, so the caller drives the
 * clock.
 */
export async function call<T>(
  rig: Rig,
  shape: CallShape,
  work: (hooks: Hooks) => Promise<T>,
): Promise<Outcome<T>> {
  const controller = new AbortController();
  const reason = new Error("aborted by the test");
  const progress = new ProgressWatch(rig, shape.name);
  const disarm = abortLater(rig, shape.abortAfter, () => controller.abort(reason));
  rig.active.push(...shape.keys);
  rig.network.calls += 1;
  let outcome: Outcome<T>;
  try {
    const value = await work({
      signal: controller.signal,
      onProgress: (consumed, total, details) => progress.told(consumed, total, details),
      onWarning: rig.onWarning,
    });
    outcome = { kind: "done", value };
  } catch (error) {
    outcome = failure(rig, shape.name, error, controller.signal.aborted ? reason : undefined);
  }
  disarm();
  const listening = getEventListeners(controller.signal, "abort").length;
  if (listening > 0) rig.fail(`${shape.name} left ${listening} listeners on its signal`);
  for (const key of shape.keys) rig.active.splice(rig.active.indexOf(key), 1);
  for (const record of rig.network.records) {
    const ours = shape.keys.some((key) => record.key.startsWith(key));
    const others = rig.active.some((key) => record.key.startsWith(key));
    if (ours && !others && record.endedAt === undefined) {
      rig.fail(`${shape.name} has settled while ${record.operation} #${record.ordinal} was in flight`);
    }
  }
  progress.settled(outcome.kind === "done", shape);
  return outcome;
}

function abortLater(rig: Rig, after: number | undefined, abort: () => void): () => void {
  if (after === undefined) return () => {};
  let left = after;
  const listener = (): void => {
    left -= 1;
    // Not synchronously within the request, because a caller's abort is independent of it.
    if (left === 0) rig.clock.timer(rig.random.between(0, 5), abort);
  };
  rig.network.listeners.add(listener);
  return () => rig.network.listeners.delete(listener);
}

function failure(rig: Rig, name: string, error: unknown, reason: Error | undefined): Outcome<never> {
  if (reason !== undefined && error === reason) return { kind: "aborted" };
  const leak = leakOf(error);
  if (leak !== undefined) rig.fail(`the error of ${name} shows ${leak}`);
  if (error instanceof CosError) return { kind: "failed", error, code: error.code };
  if (error instanceof Error && "parameter" in error) return { kind: "failed", error, code: "argument" };
  rig.fail(
    `${name} rejected with something untyped: ${error instanceof Error ? error.stack : String(error)}`,
  );
  return {
    kind: "failed",
    error: error instanceof Error ? error : new Error(String(error)),
    code: "untyped",
  };
}

/** How often progress may be reported in a second by an upload with checkpoints. */
const TOLD_PER_SECOND = 20;

/** Progress never decreases, never exceeds the total, and reaches it exactly when the call succeeds. */
class ProgressWatch {
  readonly #rig: Rig;
  readonly #name: string;
  #last = 0;
  #lastDetails = "";
  #reached = false;
  #over = false;
  readonly #toldAt: number[] = [];

  constructor(rig: Rig, name: string) {
    this.#rig = rig;
    this.#name = name;
  }

  told(consumed: number, total: number | undefined, details: ProgressDetails): void {
    const { inFlight } = details;
    if (this.#over) this.#rig.fail(`${this.#name} told progress after it had settled`);
    if (consumed < this.#last)
      this.#rig.fail(`${this.#name}: progress went back, ${this.#last} to ${consumed}`);
    if (total !== undefined && consumed > total)
      this.#rig.fail(`${this.#name}: ${consumed} of ${total} bytes`);
    if (inFlight < 0 || (total !== undefined && consumed + inFlight > total))
      this.#rig.fail(`${this.#name}: ${consumed} bytes and ${inFlight} in flight, of ${total}`);
    // Only a stream that has ended reports the same value again, with its total.
    const same = consumed === this.#last && JSON.stringify(details) === this.#lastDetails;
    if (same && consumed !== total && this.#toldAt.length > 0)
      this.#rig.fail(`${this.#name} told ${consumed} bytes twice, with ${inFlight} in flight`);
    this.#toldAt.push(this.#rig.clock.now());
    this.#last = consumed;
    this.#lastDetails = JSON.stringify(details);
    this.#reached = consumed === total;
  }

  settled(success: boolean, { counts = true, paced = false }: CallShape): void {
    this.#over = true;
    const crowded = this.#toldAt.some(
      (at, index) => at - (this.#toldAt[index - TOLD_PER_SECOND] ?? -1e9) < 1000,
    );
    if (paced && crowded)
      this.#rig.fail(`${this.#name} told progress more than ${TOLD_PER_SECOND} times in a second`);
    if (success && counts && !this.#reached) this.#rig.fail(`${this.#name} succeeded short of its total`);
    if (!success && this.#reached) this.#rig.fail(`${this.#name} reached its total and failed`);
  }
}
