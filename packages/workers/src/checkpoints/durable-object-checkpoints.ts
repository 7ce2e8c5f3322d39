import type { CheckpointStore } from "@cosup/core/runtime";
import { ArgumentRangeError, ArgumentTypeError } from "@cosup/core/upload";
import { Leases } from "./leases.ts";
import type { CheckpointStorage } from "./storage.ts";

export interface DurableObjectCheckpointOptions {
  /** The prefix of every key that is written; default `cosup:`. */
  readonly prefix?: string | undefined;
  /** Milliseconds after which the lock of an evicted isolate is free; default 2000. */
  readonly leaseMs?: number | undefined;
}

/**
 * Characters per stored value: at most twice as many bytes, within the 128 KiB limit of the key-value backend. A
 * checkpoint of 10 000 parts has about 1.1 million.
 */
const PIECE = 48 * 1024;
const DEFAULT_LEASE_MS = 2000;

/**
 * Checkpoints in the storage of a Durable Object: an upload survives the eviction of its isolate and resumes in the
 * next. Texts are split into pieces. Only changed pieces are written, in one atomic put.
 * @throws {TypeError} {@link RangeError} a wrong argument, named
 *
 * @example
 * ```ts
 * class Mover extends DurableObject<Env> {
 *   async alarm(): Promise<void> {
 *     const cos = createCos({ Region, SecretId, SecretKey, subrequestBudget: 1000 });
 *     const Body = { r2: this.env.BUCKET, key: "big.bin" };
 *     const checkpoints = durableObjectCheckpoints(this.ctx.storage);
 *     try {
 *       await cos.uploadFile({ Bucket, Key, Body, checkpoints });
 *     } catch (error) {
 *       // Not thrown on: an alarm that throws is repeated six times at most, and one that was set again before not at all.
 *       if (isCosError(error) && error.retryable) await this.ctx.storage.setAlarm(Date.now() + 60_000);
 *       else console.error(error);
 *     }
 *   }
 * }
 * ```
 */
export function durableObjectCheckpoints(
  storage: CheckpointStorage,
  options: DurableObjectCheckpointOptions = {},
): CheckpointStore {
  if (typeof storage?.put !== "function") {
    throw new ArgumentTypeError("storage", "must be the storage of a Durable Object (this.ctx.storage)");
  }
  const prefix = checkedPrefix(options.prefix ?? "cosup:");
  const leases = new Leases(storage, checkedLease(options.leaseMs ?? DEFAULT_LEASE_MS));
  /** The stored pieces of each text that this isolate has read or written. */
  const seen = new Map<string, readonly string[]>();
  const headKey = (id: string): string => `${prefix}${id}`;
  const pieceKey = (id: string, index: number): string => `${prefix}${id}:${String(index).padStart(4, "0")}`;
  const lockKey = (id: string): string => `${prefix}${id}:lock`;

  const load = async (id: string): Promise<string | undefined> => {
    const head = await storage.get(headKey(id));
    if (!isHead(head)) return undefined;
    const keys = Array.from({ length: head.pieces }, (_, index) => pieceKey(id, index));
    const found = await storage.get(keys);
    const pieces = keys.map((key) => String(found.get(key) ?? ""));
    seen.set(id, pieces);
    return pieces.join("");
  };

  return {
    load,
    save: async (id, text) => {
      if (!seen.has(id)) await load(id);
      const before = seen.get(id) ?? [];
      const pieces = cut(text);
      const entries: Record<string, unknown> = { [headKey(id)]: { pieces: pieces.length } };
      pieces.forEach((piece, index) => {
        if (piece !== before[index]) entries[pieceKey(id, index)] = piece;
      });
      const renewal = leases.renewal(lockKey(id));
      if (renewal !== undefined) entries[lockKey(id)] = renewal;
      await storage.put(entries);
      seen.set(id, pieces);
      const surplus = before.slice(pieces.length).map((_, index) => pieceKey(id, pieces.length + index));
      if (surplus.length > 0) await storage.delete(surplus);
    },
    remove: async (id) => {
      if (!seen.has(id)) await load(id);
      const pieces = seen.get(id) ?? [];
      seen.delete(id);
      await storage.delete([headKey(id), ...pieces.map((_, index) => pieceKey(id, index))]);
    },
    lock: (id) => leases.take(lockKey(id)),
  };
}

function checkedPrefix(prefix: unknown): string {
  if (typeof prefix === "string") return prefix;
  throw new ArgumentTypeError("prefix", "must be a string");
}

/** With anything else, the lease that is stored would exclude nobody. */
function checkedLease(leaseMs: unknown): number {
  if (typeof leaseMs !== "number") throw new ArgumentTypeError("leaseMs", "must be a number of milliseconds");
  if (Number.isFinite(leaseMs) && leaseMs > 0) return leaseMs;
  throw new ArgumentRangeError("leaseMs", `must be a number of milliseconds above 0, not ${leaseMs}`);
}

function cut(text: string): string[] {
  return Array.from({ length: Math.ceil(text.length / PIECE) }, (_, index) =>
    text.slice(index * PIECE, (index + 1) * PIECE),
  );
}

function isHead(value: unknown): value is { readonly pieces: number } {
  return typeof value === "object" && value !== null && "pieces" in value && typeof value.pieces === "number";
}
