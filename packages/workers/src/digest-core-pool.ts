type Core = Promise<unknown>;

/** The core that no client uses: at most one, so that an idle isolate holds the memory of one upload. */
let idle: { readonly bytes: number; readonly core: Core } | undefined;

/**
 * Gives a client a digest core while its calls run, and keeps the core for the next client of the isolate. A client
 * that is abandoned during a call keeps its core, and both are garbage. Without the pool, the arenas of finished
 * clients stay allocated until the next garbage collection: ten uploads held 490 MiB, and an isolate may use 128 MB.
 */
export class DigestCorePool {
  #acquired: { readonly bytes: number; readonly core: Core } | undefined;
  #working = 0;

  /** `Runtime.beginCall`: the call may use the core until it settles, which the function that is returned says. */
  beginCall(): () => void {
    this.#working += 1;
    return () => {
      this.#working -= 1;
      if (this.#working === 0) this.#release();
    };
  }

  /** `Runtime.acquireDigestCore`: parallel calls of a client share one core. */
  acquire<T>(bytes: number, create: () => Promise<T>): Promise<T> {
    if (this.#acquired === undefined) {
      const core = idle?.bytes === bytes ? (idle.core as Promise<T>) : create();
      idle = undefined;
      this.#acquired = { bytes, core };
      // If the core cannot be created now, the next call tries again. A core without memory for its arena retries by
      // itself.
      core.catch(() => {
        this.#acquired = undefined;
      });
    }
    return this.#acquired.core as Promise<T>;
  }

  #release(): void {
    if (this.#acquired !== undefined) idle = this.#acquired;
    this.#acquired = undefined;
  }
}
