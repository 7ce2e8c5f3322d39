import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { fileCheckpoints } from "@cosup/node";
import { LedgerError } from "./ledger-error.ts";
import { LEDGER_VERSION, type LedgerRecord } from "./ledger-records.ts";
import type { LedgerState } from "./ledger-state.ts";
import { type LedgerTarget, readLedger, requireTarget } from "./read-ledger.ts";

/** The ledger of a run: what it is to remember after it was killed. Append-only, one JSON object a line. */
export class Ledger {
  /** What earlier runs have left, and what this one has added. */
  readonly state: LedgerState;
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #release: () => Promise<void>;
  #waiting: string[] = [];
  #writing: Promise<void> | undefined;

  constructor(path: string, file: FileHandle, state: LedgerState, release: () => Promise<void>) {
    this.#path = path;
    this.#file = file;
    this.state = state;
    this.#release = release;
  }

  /**
   * Adds records. Resolves when the operating system has them: they outlive this process.
   * @throws {LedgerError} they cannot be written
   */
  async add(...records: readonly LedgerRecord[]): Promise<void> {
    for (const record of records) {
      this.state.add(record);
      this.#waiting.push(`${JSON.stringify(record)}\n`);
    }
    // Those that come while a write is under way are the next write, together.
    while (this.#writing !== undefined) await this.#writing;
    if (this.#waiting.length === 0) return;
    const text = this.#waiting.join("");
    this.#waiting = [];
    this.#writing = this.#write(text);
    try {
      await this.#writing;
    } finally {
      this.#writing = undefined;
    }
  }

  /** Flushes it to the device and gives it to the next run. */
  async close(): Promise<void> {
    try {
      await this.#file.sync().catch(() => {});
      await this.#file.close();
    } finally {
      await this.#release();
    }
  }

  async #write(text: string): Promise<void> {
    try {
      await this.#file.appendFile(text);
    } catch (cause) {
      throw new LedgerError("ledger-unusable", `the ledger ${this.#path} cannot be written`, cause);
    }
  }
}

/**
 * Opens the ledger of a run, or makes it.
 * @throws {LedgerError} another run uses it, it cannot be read or written, or it is of another bucket or prefix
 */
export async function openLedger(path: string, target: LedgerTarget): Promise<Ledger> {
  const absolute = resolve(path);
  const release = await lock(absolute, path);
  let file: FileHandle | undefined;
  try {
    // Readable by this user alone: keys may say more than others are to know.
    file = await open(absolute, "a+", 0o600);
    const { state, head, bytes } = await readLedger(file, path);
    requireTarget(head, path, target);
    await file.truncate(bytes);
    if (head === undefined)
      await file.appendFile(`${JSON.stringify({ cosupLedger: LEDGER_VERSION, ...target })}\n`);
    return new Ledger(path, file, state, release);
  } catch (error) {
    await file?.close();
    await release();
    throw error instanceof LedgerError ? error : unusable(path, error);
  }
}

/** A lock file beside the ledger. That of a process that has ended does not count. */
async function lock(absolute: string, path: string): Promise<() => Promise<void>> {
  const id = createHash("sha256").update(basename(absolute)).digest("hex").slice(0, 32);
  const held = await fileCheckpoints(dirname(absolute))
    .lock(id)
    .catch((error: unknown) => {
      throw unusable(path, error);
    });
  if (held === undefined)
    throw new LedgerError("ledger-locked", `another process runs a manifest with the ledger ${path}`);
  return () => held.release();
}

function unusable(path: string, cause: unknown): LedgerError {
  const code = String((cause as NodeJS.ErrnoException | undefined)?.code ?? "");
  return new LedgerError("ledger-unusable", `the ledger ${path} cannot be used (${code})`, cause);
}
