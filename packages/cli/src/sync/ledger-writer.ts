import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import { encodeEntry, type LedgerEntry } from "./ledger-entry.ts";
import { LEDGER_VERSION, type LedgerKind } from "./ledger-reader.ts";

const BLOCK_CHARACTERS = 64 * 1024;

/**
 * Writes a ledger to a draft beside its path. After a crash at any instant, the path has the old ledger or the new one.
 * Writes are synchronous: one block of 64 KiB in about 500 files, to a local disk.
 */
export class LedgerWriter {
  readonly #path: string;
  readonly #draft: string;
  readonly #descriptor: number;
  #lines: string[] = [];
  #characters = 0;
  #checksum = 0;
  #isOpen = true;

  /** The directory must exist. */
  constructor(path: string, kind: LedgerKind) {
    this.#path = path;
    this.#draft = `${path}.${randomBytes(8).toString("hex")}.tmp`;
    this.#descriptor = openSync(this.#draft, "wx", 0o600);
    this.#push(JSON.stringify({ version: LEDGER_VERSION, ledger: kind }));
  }

  /** Adds an entry. Entries come in the order of their paths. */
  add(entry: LedgerEntry): void {
    this.#push(encodeEntry(entry));
  }

  #push(line: string): void {
    this.#lines.push(line);
    this.#characters += line.length;
    if (this.#characters >= BLOCK_CHARACTERS) this.#flush();
  }

  #flush(): void {
    const block = Buffer.from(`${this.#lines.join("\n")}\n`);
    this.#lines = [];
    this.#characters = 0;
    this.#checksum = crc32(block, this.#checksum);
    this.#write(block);
  }

  #write(block: Buffer): void {
    for (let offset = 0; offset < block.length; ) offset += writeSync(this.#descriptor, block, offset);
  }

  /** Puts the ledger at its path. */
  async commit(): Promise<void> {
    if (this.#lines.length > 0) this.#flush();
    this.#write(Buffer.from(`${JSON.stringify({ crc32: this.#checksum })}\n`));
    fsyncSync(this.#descriptor);
    this.#close();
    await rename(this.#draft, this.#path);
    await syncDirectory(dirname(this.#path));
  }

  /** Removes the draft. */
  async discard(): Promise<void> {
    this.#close();
    await rm(this.#draft, { force: true });
  }

  #close(): void {
    if (this.#isOpen) closeSync(this.#descriptor);
    this.#isOpen = false;
  }
}

/** Makes the rename durable. Windows and some network mounts cannot do it, and a lost ledger does no harm. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r").catch(() => undefined);
  await directory?.sync().catch(() => {});
  await directory?.close();
}
