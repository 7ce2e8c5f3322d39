type Core = Promise<unknown>;

/** A core that no client uses: at most one, so that an isolate at rest holds the memory of one upload. */
let idle: { readonly bytes: number; readonly core: Core } | undefined;

/**
 * Lends a client its digest core while it works, and takes it back for the next client of the isolate. A client that
 * is abandoned half-way keeps its core, and both are garbage. Without this, the arenas of clients that are done pile
 * up until the collector comes: ten uploads had 490 MiB, and an isolate may have 128 MB.
 */
export class DigestCorePool {
  #acquired: { readonly bytes: number; readonly core: Core } | undefined;
  #working = 0;

  /** Runs one call of the client, which may use the core until it settles. */
  async use<T>(call: () => Promise<T>): Promise<T> {
    this.#working += 1;
    try {
      return await call();
    } finally {
      this.#working -= 1;
      if (this.#working === 0) this.#release();
    }
  }

  /** `Runtime.acquireDigestCore`: the same core for all that the client does at once. */
  acquire<T>(bytes: number, create: () => Promise<T>): Promise<T> {
    if (this.#acquired === undefined) {
      const core = idle?.bytes === bytes ? (idle.core as Promise<T>) : create();
      idle = undefined;
      this.#acquired = { bytes, core };
      // A core that could not be made now may be for the next call; one whose arena found no memory asks again itself.
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
