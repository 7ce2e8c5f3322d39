import { createHash } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import {
  CheckpointError,
  type CheckpointLock,
  defaultCheckpointDirectory,
  fileCheckpoints,
} from "@cosup/node";
import { messageOf } from "../report.ts";
import type { LedgerEntry } from "./ledger-entry.ts";
import { LedgerOrder } from "./ledger-order.ts";
import { examineLedger, type LedgerKind, type LedgerState, readEntries } from "./ledger-reader.ts";
import { LedgerWriter } from "./ledger-writer.ts";

/** What a ledger is about: one folder and one prefix. */
export interface LedgerTarget {
  readonly kind: LedgerKind;
  readonly endpoint: string | undefined;
  readonly bucket: string;
  readonly prefix: string;
  /** Absolute, without links; of a sync inside COS the source as `cos://BUCKET/PREFIX`. */
  readonly folder: string;
}

/** How a ledger is opened. */
export interface LedgerOptions {
  readonly target: LedgerTarget;
  /** Default: where checkpoints are kept. */
  readonly stateDir: string | undefined;
  /** False: nothing is locked or written. */
  readonly write: boolean;
  readonly warn: (code: string, message: string) => void;
}

const WITHOUT = "files of equal size are compared by HEAD and CRC64";
const REASONS = {
  "other-version": `the ledger of this sync was written by another version of cosup: ${WITHOUT}`,
  damaged: `the ledger of this sync is damaged: ${WITHOUT}`,
} as const;

/**
 * What earlier syncs of a folder and a prefix know of every file. It saves requests and is never needed: when it is lost,
 * damaged or of another version, the sync compares with COS as the first one does.
 */
export class Ledger {
  readonly order = new LedgerOrder((entry) => this.#add(entry));
  readonly #options: LedgerOptions;
  readonly #path: string | undefined;
  readonly #lock: CheckpointLock | undefined;
  readonly #state: LedgerState;
  #writer: LedgerWriter | undefined;

  private constructor(
    options: LedgerOptions,
    path: string | undefined,
    lock: CheckpointLock | undefined,
    state: LedgerState,
  ) {
    this.#options = options;
    this.#path = path;
    this.#lock = lock;
    this.#state = state;
    if (path !== undefined && lock !== undefined) {
      this.#attempt(() => {
        this.#writer = new LedgerWriter(path, options.target.kind);
      });
    }
  }

  /** @throws {CheckpointError} `checkpoint-locked`: another sync of the same folder and prefix is running */
  static async open(options: LedgerOptions): Promise<Ledger> {
    const { write, warn, target } = options;
    let lock: CheckpointLock | undefined;
    try {
      const directory = resolve(options.stateDir || defaultCheckpointDirectory());
      const id = idOf(target);
      const path = join(directory, `${id}.ledger`);
      if (write) {
        lock = await fileCheckpoints(directory).lock(id);
        if (lock === undefined) throw locked(target);
        await removeDrafts(directory, `${id}.ledger.`);
      }
      const state = await examineLedger(path, target.kind);
      if (state.kind === "damaged" || state.kind === "other-version")
        warn(`ledger-${state.kind}`, REASONS[state.kind]);
      return new Ledger(options, path, lock, state);
    } catch (error) {
      if (error instanceof CheckpointError && error.code === "checkpoint-locked") throw error;
      warn("ledger-unusable", `the ledger cannot be kept (${messageOf(error)}): ${WITHOUT}`);
      return new Ledger(options, undefined, lock, { kind: "missing" });
    }
  }

  /** The entries of the earlier sync, in the order of their paths. */
  async *entries(): AsyncGenerator<LedgerEntry, void, undefined> {
    if (this.#path !== undefined && this.#state.kind === "sound")
      yield* readEntries(this.#path, this.#state.bytes);
  }

  /**
   * Writes what is known now.
   * @param rest the entries that the sync did not come to, because it was stopped
   * @param changed whether any differs from those of the earlier sync
   */
  async write(rest: AsyncIterable<LedgerEntry>, changed: boolean): Promise<void> {
    this.order.end();
    if (!changed) return;
    try {
      for await (const entry of rest) this.#add(entry);
      await this.#writer?.commit();
      this.#writer = undefined;
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Lets another sync begin. */
  async release(): Promise<void> {
    await this.#writer?.discard().catch(() => {});
    await this.#lock?.release();
  }

  #add(entry: LedgerEntry): void {
    this.#attempt(() => this.#writer?.add(entry));
  }

  /** A disk that is full stops the ledger, and not the sync. */
  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    void this.#writer?.discard().catch(() => {});
    this.#writer = undefined;
    const message = `the ledger cannot be written (${messageOf(error)}): the next sync compares more than it need`;
    this.#options.warn("ledger-unusable", message);
  }
}

/** 32 hex digits, as the names of checkpoints. A bucket of COS is unique, so its region says nothing more. */
function idOf({ kind, endpoint, bucket, prefix, folder }: LedgerTarget): string {
  const identity = JSON.stringify([kind, endpoint ?? "", bucket, prefix, folder]);
  return createHash("sha256").update(identity).digest("hex").slice(0, 32);
}

function locked({ bucket, prefix, folder }: LedgerTarget): CheckpointError {
  return new CheckpointError(
    `another sync of ${folder} and cos://${bucket}/${prefix} is running`,
    "checkpoint-locked",
  );
}

/** Removes what a crash left. The holder of the lock knows that no other process is writing. */
async function removeDrafts(directory: string, prefix: string): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  const drafts = names.filter((name) => name.startsWith(prefix) && name.endsWith(".tmp"));
  await Promise.all(drafts.map((name) => rm(join(directory, name), { force: true })));
}
