import type { CheckpointLock } from "@cosup/core/runtime";
import type { CheckpointStorage } from "./storage.ts";

interface Lease {
  readonly owner: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** The leases that uploads of this isolate hold, by storage. A Durable Object runs in one isolate at a time. */
const held = new WeakMap<object, Map<string, Lease>>();

/**
 * Locks within a Durable Object. An entry in memory excludes the other uploads of this isolate; a lease in storage
 * excludes other isolates and expires soon after an eviction. Saving a checkpoint renews the lease.
 */
export class Leases {
  readonly #storage: CheckpointStorage;
  readonly #leaseMs: number;
  readonly #held: Map<string, Lease>;

  constructor(storage: CheckpointStorage, leaseMs: number) {
    this.#storage = storage;
    this.#leaseMs = leaseMs;
    this.#held = held.get(storage) ?? new Map();
    held.set(storage, this.#held);
  }

  /** Takes the lock; undefined while another upload holds it. */
  async take(key: string): Promise<CheckpointLock | undefined> {
    if (this.#held.has(key)) return undefined;
    const lease = this.#lease(crypto.randomUUID());
    // Set before the first await, so that no other upload of this isolate can take it in between.
    this.#held.set(key, lease);
    try {
      const standing = await this.#storage.get(key);
      if (isLease(standing) && standing.until > Date.now()) {
        this.#held.delete(key);
        return undefined;
      }
      await this.#storage.put({ [key]: lease });
    } catch (error) {
      this.#held.delete(key);
      throw error;
    }
    return {
      release: async () => {
        if (this.#held.get(key)?.owner !== lease.owner) return;
        this.#held.delete(key);
        await this.#storage.delete([key]);
      },
    };
  }

  /** The lease to write with a checkpoint; undefined while the stored one has more than half of its time left. */
  renewal(key: string): Lease | undefined {
    const lease = this.#held.get(key);
    if (lease === undefined || lease.until - Date.now() > this.#leaseMs / 2) return undefined;
    const renewed = this.#lease(lease.owner);
    this.#held.set(key, renewed);
    return renewed;
  }

  #lease(owner: string): Lease {
    return { owner, until: Date.now() + this.#leaseMs };
  }
}

function isLease(value: unknown): value is Lease {
  return typeof value === "object" && value !== null && "until" in value && typeof value.until === "number";
}
