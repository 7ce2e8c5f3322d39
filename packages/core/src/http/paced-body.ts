import { onAbort } from "../abort/abort-listeners.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Pacer } from "./pacer.ts";
import type { RequestSpec } from "./request-spec.ts";

/** The body of one attempt that is sent at a limited rate. */
export class PacedBody {
  /** Bytes whose turn has come. */
  granted = 0;
  readonly #pacer: Pacer;
  #waiting: (() => void) | undefined;
  #stopped = false;
  #held = false;

  constructor(pacer: Pacer) {
    this.#pacer = pacer;
  }

  get block(): number {
    return this.#pacer.block;
  }

  /** Whether we ourselves have held the body back since the last call. */
  held(): boolean {
    const held = this.#held;
    this.#held = this.#waiting !== undefined;
    return held;
  }

  /** Resolves to true when `bytes` may be sent, to false when the attempt has ended. */
  next(bytes: number): Promise<boolean> {
    if (this.#stopped) return Promise.resolve(false);
    this.#held = true;
    return new Promise((resolve) => {
      const giveBack = this.#pacer.turn(bytes, () => {
        this.#waiting = undefined;
        this.granted += bytes;
        resolve(true);
      });
      this.#waiting = () => {
        giveBack();
        resolve(false);
      };
    });
  }

  /** The attempt has ended: nothing more may be sent. */
  stop(): void {
    this.#stopped = true;
    this.#waiting?.();
    this.#waiting = undefined;
  }
}

/** The body of a client with a limited rate. */
export async function pacedBodyOf(
  { runtime }: { readonly runtime: Runtime },
  pacer: Pacer,
  spec: RequestSpec,
): Promise<PacedBody | undefined> {
  const bytes = spec.body?.length ?? 0;
  if (bytes === 0) return undefined;
  const paced = new PacedBody(pacer);
  if (runtime.pacesBodies !== true) await paceWhole(paced, bytes, spec.signal);
  return paced;
}

/** For a runtime that passes a body on as a whole: the request waits until all of it has had its turn. */
async function paceWhole(paced: PacedBody, bytes: number, signal: AbortSignal | undefined): Promise<void> {
  const leave = onAbort(signal, () => paced.stop());
  await paced.next(bytes);
  leave();
  signal?.throwIfAborted();
}
