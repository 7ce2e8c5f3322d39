import { noSuchBucket } from "./no-such-bucket.ts";

/** Lets the changes of a bucket run concurrently, and its deletion only while none runs. Afterwards none can begin. */
export class ChangeGate {
  #running = 0;
  #closed = false;
  #waiting: (() => void)[] = [];

  /** Runs a change, which may run others. Throws NoSuchBucket once the bucket is deleted. */
  async run<T>(change: () => Promise<T>): Promise<T> {
    if (this.#closed) throw noSuchBucket();
    this.#running++;
    try {
      return await change();
    } finally {
      this.#running--;
      if (this.#running === 0) for (const resume of this.#waiting.splice(0)) resume();
    }
  }

  /** Closes once no change runs. Returns false as soon as `mayClose` does. */
  async close(mayClose: () => boolean): Promise<boolean> {
    while (mayClose()) {
      if (this.#running === 0) {
        this.#closed = true;
        return true;
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return false;
  }

  reopen(): void {
    this.#closed = false;
  }
}
