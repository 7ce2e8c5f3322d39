import { createHash } from "node:crypto";
import { type FileHandle, open, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileCheckpoints } from "@cosup/node";
import { LedgerError } from "./ledger-error.ts";
import { LEDGER_VERSION, type LedgerRecord } from "./ledger-records.ts";
import type { LedgerState } from "./ledger-state.ts";
import { type LedgerTarget, readLedger, requireFile, requireTarget } from "./read-ledger.ts";

/** The ledger of a run: what it is to remember after it was killed. Append-only, one JSON object a line. */
export class Ledger {
  /** What earlier runs have left, and what this one has added. */
  readonly state: LedgerState;
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #release: () => Promise<void>;
  #waiting: string[] = [];
  #writing: Promise<void> | undefined;
  #failure: LedgerError | undefined;

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
    // A disk that was full may have taken half a line. What came behind it would make a damaged line of it.
    if (this.#failure !== undefined) throw this.#failure;
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
      const message = `the ledger ${this.#path} cannot be written (${codeOf(cause)})`;
      this.#failure = new LedgerError("ledger-unusable", message, cause);
      throw this.#failure;
    }
  }
}

/**
 * Opens the ledger of a run, or makes it.
 * @throws {LedgerError} another run uses it, it cannot be read or written, or it is of another bucket or prefix
 */
export async function openLedger(path: string, target: LedgerTarget): Promise<Ledger> {
  await requireFile(path);
  const absolute = await realPath(resolve(path));
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

/** Without symbolic links, so that a ledger has one lock, whatever name it is given by. */
async function realPath(path: string): Promise<string> {
  return realpath(path).catch(async () => {
    // It is not there yet.
    const folder = await realpath(dirname(path)).catch(() => dirname(path));
    return join(folder, basename(path));
  });
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
  return new LedgerError("ledger-unusable", `the ledger ${path} cannot be used (${codeOf(cause)})`, cause);
}

function codeOf(cause: unknown): string {
  return String((cause as NodeJS.ErrnoException | undefined)?.code ?? cause);
}
