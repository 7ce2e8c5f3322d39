import type { Redis } from "ioredis";
import { ledgerOf } from "../ledger/ledger.ts";
import type { UploadNote } from "../ledger/uploads.ts";

/** An upload of which the ledger has told this worker, or that it has begun itself. */
interface Known {
  readonly run: string;
  readonly note: string;
  readonly upload: UploadNote;
  /** The connection on which the ledger was last seen to have it. */
  seenIn: number;
}

/**
 * The uploads under way that this worker knows, outside Redis. When Redis comes back without what it held, all workers write
 * theirs into it again, so that a run which recovers goes on with these and with no other: COS does not tell who began an
 * upload, nor with which headers.
 */
export class KnownUploads {
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #known = new Map<string, Known>();
  #connection = 0;

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
    // Redis may have been restarted without what it held.
    redis.on("ready", () => {
      this.#connection += 1;
      this.publish().catch(() => {});
    });
  }

  /** Another number after each loss of the connection. */
  get connection(): number {
    return this.#connection;
  }

  has(run: string, note: string): boolean {
    return this.#known.has(`${run} ${note}`);
  }

  /** @param connection that on which the ledger had it */
  add(run: string, note: string, upload: UploadNote, connection: number): void {
    this.#known.set(`${run} ${note}`, { run, note, upload, seenIn: connection });
  }

  /** It is completed or aborted. */
  remove(run: string, note: string): void {
    this.#known.delete(`${run} ${note}`);
  }

  /** Writes those that Redis may have lost into it, and forgets those that others have ended. */
  async publish(): Promise<void> {
    if (this.#known.size === 0) return;
    const connection = this.#connection;
    const all = [...this.#known.values()];
    const asked = this.#redis.pipeline();
    for (const { run, note, upload, seenIn } of all) {
      const { uploads } = ledgerOf(this.#redis, this.#prefix, run).keys;
      if (seenIn === connection) asked.hexists(uploads, note);
      else asked.hset(uploads, note, JSON.stringify(upload));
    }
    const replies = (await asked.exec()) ?? [];
    // The replies may be those of a Redis that has been restarted since.
    if (connection !== this.#connection) return;
    for (const [index, known] of all.entries()) {
      const [error, reply] = replies[index] ?? [new Error("no reply")];
      if (error !== null) continue;
      if (known.seenIn === connection && reply === 0) this.remove(known.run, known.note);
      known.seenIn = connection;
    }
  }
}
