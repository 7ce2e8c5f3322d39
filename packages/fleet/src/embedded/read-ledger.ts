import { type FileHandle, stat } from "node:fs/promises";
import { LedgerError } from "./ledger-error.ts";
import { LEDGER_VERSION, type LedgerHead, type LedgerRecord } from "./ledger-records.ts";
import { LedgerState } from "./ledger-state.ts";

const NEWLINE = 0x0a;
const BLOCK_BYTES = 1024 * 1024;

/** How each ledger begins. */
const START = '{"cosupLedger":';

const TYPES: readonly unknown[] = ["done", "failed", "begin", "upload", "part", "end", "started"];

/** What {@link readLedger} has found. */
export interface FoundLedger {
  readonly state: LedgerState;
  /** Undefined: the ledger is empty. */
  readonly head: LedgerHead | undefined;
  /** Bytes of its whole lines. What follows was being written when a run was killed. */
  readonly bytes: number;
}

/**
 * Reads a ledger, line by line. A last line without a line break is ignored.
 * @throws {LedgerError} the file is no ledger, or damaged
 */
export async function readLedger(file: FileHandle, path: string): Promise<FoundLedger> {
  await requireStart(file, path);
  const state = new LedgerState();
  let head: LedgerHead | undefined;
  let [number, bytes] = [0, 0];
  for await (const line of wholeLines(file)) {
    number += 1;
    bytes += line.length + 1;
    const value = parseLine(line);
    if (number === 1) head = headOf(value, path);
    else if (isRecord(value)) state.add(value);
    else throw damaged(path, number);
  }
  return { state, head, bytes };
}

/**
 * Refuses any other file before it is read: the last line of a ledger is cut off if it has no line break, and another file may have
 * nothing but such a line.
 */
async function requireStart(file: FileHandle, path: string): Promise<void> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(START.length), 0, START.length, 0);
  if (!START.startsWith(buffer.toString("latin1", 0, bytesRead))) throw foreign(path);
}

/**
 * Refuses what is there and is no file, before it is opened: a pipe would wait for its writer, and a device may never end.
 * @throws {LedgerError} `ledger-foreign`
 */
export async function requireFile(path: string): Promise<void> {
  // Of what cannot be asked, opening it says why.
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isFile() === false) throw foreign(path);
}

function foreign(path: string): LedgerError {
  return new LedgerError("ledger-foreign", `${path} exists and is no ledger: give another name`);
}

/** The lines of a file that end with a line break. */
export async function* wholeLines(file: FileHandle): AsyncGenerator<Buffer, void, undefined> {
  const block = Buffer.alloc(BLOCK_BYTES);
  let held = Buffer.alloc(0);
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(block, 0, BLOCK_BYTES, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    const bytes = Buffer.concat([held, block.subarray(0, bytesRead)]);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      yield bytes.subarray(start, end);
      start = end + 1;
    }
    held = bytes.subarray(start);
  }
}

/** The value of a line; undefined: it is not JSON. */
export function parseLine(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString("utf8"));
  } catch {
    return undefined;
  }
}

function headOf(value: unknown, path: string): LedgerHead {
  const { cosupLedger, bucket, prefix } = (value ?? {}) as Partial<Record<keyof LedgerHead, unknown>>;
  if (typeof cosupLedger !== "number" || typeof bucket !== "string") throw foreign(path);
  if (cosupLedger !== LEDGER_VERSION)
    throw new LedgerError("ledger-foreign", `${path} was written by another version of cosup`);
  return { cosupLedger, bucket, prefix: typeof prefix === "string" ? prefix : undefined };
}

/** Where the objects of a ledger are. */
export interface LedgerTarget {
  readonly bucket: string;
  readonly prefix: string;
}

/**
 * One ledger for two targets would forget one of them with each run: it knows one entry of each line.
 * @throws {LedgerError} the ledger is of another bucket or prefix
 */
export function requireTarget(head: LedgerHead | undefined, path: string, target: LedgerTarget): void {
  if (head === undefined) return;
  const { bucket, prefix = target.prefix } = head;
  if (bucket === target.bucket && prefix === target.prefix) return;
  const [of, wanted] = [`cos://${bucket}/${prefix}`, `cos://${target.bucket}/${target.prefix}`];
  throw new LedgerError("ledger-foreign", `the ledger ${path} is of ${of}: give another one for ${wanted}`);
}

/** A ledger is trusted, but for a line that was damaged. */
function isRecord(value: unknown): value is LedgerRecord {
  const { type, line } = (value ?? {}) as { readonly type?: unknown; readonly line?: unknown };
  return TYPES.includes(type) && Number.isSafeInteger(line);
}

function damaged(path: string, line: number): LedgerError {
  return new LedgerError(
    "ledger-unusable",
    `line ${line} of ${path} is damaged: remove this line, and the same command asks COS for what it said; without the whole file, all is sent again`,
  );
}
