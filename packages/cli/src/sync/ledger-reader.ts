import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { decodeEntry, type LedgerEntry } from "./ledger-entry.ts";

/** The format that this version writes, and the only one that it reads. */
export const LEDGER_VERSION = 1;

/** Which way a sync copies. */
export type LedgerKind = "upload" | "download" | "copy";

/** Longer than the last line of any ledger. */
const TAIL_BYTES = 128;
const BLOCK_BYTES = 1024 * 1024;

/** What a file that should be a ledger is. `bytes`: of its entries and the line before them. */
export type LedgerState =
  | { readonly kind: "sound"; readonly bytes: number }
  | { readonly kind: "missing" | "other-version" | "damaged" };

/**
 * Examines a ledger before any of it is believed: its first line has the version, its last one the CRC32 of all before.
 */
export async function examineLedger(path: string, kind: LedgerKind): Promise<LedgerState> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { kind: "missing" };
    throw error;
  }
  try {
    const { size } = await file.stat();
    const head = await readText(file, 0, TAIL_BYTES);
    const first = parseObject(head.slice(0, head.indexOf("\n")));
    if (typeof first?.version === "number" && first.version !== LEDGER_VERSION)
      return { kind: "other-version" };
    const tail = await readText(file, Math.max(0, size - TAIL_BYTES), TAIL_BYTES);
    const last = tail.slice(tail.lastIndexOf("\n", tail.length - 2) + 1);
    const bytes = size - Buffer.byteLength(last);
    const isSound =
      first?.ledger === kind &&
      last.endsWith("\n") &&
      bytes > 0 &&
      parseObject(last)?.crc32 === (await checksumOf(file, bytes));
    return isSound ? { kind: "sound", bytes } : { kind: "damaged" };
  } finally {
    await file.close();
  }
}

async function readText(file: FileHandle, position: number, length: number): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  // Latin-1, because a cut may be within a character; the lines that matter are ASCII.
  return buffer.toString("latin1", 0, bytesRead);
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

async function checksumOf(file: FileHandle, bytes: number): Promise<number> {
  const block = Buffer.alloc(Math.min(BLOCK_BYTES, bytes));
  let checksum = 0;
  for (let position = 0; position < bytes; ) {
    const wanted = Math.min(block.length, bytes - position);
    const { bytesRead } = await file.read(block, 0, wanted, position);
    if (bytesRead === 0) return -1;
    checksum = crc32(block.subarray(0, bytesRead), checksum);
    position += bytesRead;
  }
  return checksum;
}

/** The entries of a ledger that {@link examineLedger} found sound, in the order of their paths. */
export async function* readEntries(
  path: string,
  bytes: number,
): AsyncGenerator<LedgerEntry, void, undefined> {
  const stream = createReadStream(path, { encoding: "utf8", end: bytes - 1, highWaterMark: 256 * 1024 });
  let rest = "";
  let isFirst = true;
  for await (const text of stream as AsyncIterable<string>) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const entry = isFirst ? undefined : decodeEntry(line);
      isFirst = false;
      if (entry !== undefined) yield entry;
    }
  }
}
