import {
  appendFileSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  statSync,
} from "node:fs";
import { ArgumentTypeError } from "@cosup/node";
import { EXIT } from "./exit-codes.ts";
import { messageOf, reportFailure } from "./report.ts";

/** One line of a report: an object that COS holds, verified. */
export interface ReportLine {
  readonly bucket: string;
  readonly key: string;
  /** The local file, as the command named it or below its folder; undefined for stdin and for copies inside COS. */
  readonly path?: string | undefined;
  readonly size: number;
  /** CRC64-ECMA as unsigned decimal. */
  readonly crc64: string;
  /** Without quotes. */
  readonly etag?: string | undefined;
  readonly versionId?: string | undefined;
  /** What the file is, where it is stored compressed. */
  readonly file?: { readonly size: number; readonly crc64: string } | undefined;
}

/** What each line begins with, so that no other file is taken for a report. */
const START = '{"type":"stored",';

/**
 * The file of `--report`. Every line is written when its object is done, so that a process that is killed leaves whole
 * lines behind.
 */
export class ReportFile {
  readonly #path: string;
  readonly #file: number;
  #failure: unknown;

  /**
   * Creates the file, or empties an earlier report.
   * @throws {TypeError} it cannot be written, or it is some other file, which must not be lost
   */
  constructor(path: string) {
    this.#path = path;
    try {
      refuseOtherFiles(path);
      this.#file = openFile(path);
    } catch (error) {
      if (error instanceof ArgumentTypeError) throw error;
      const isUnread = (error as NodeJS.ErrnoException).code === "ENXIO";
      const why = isUnread ? `${path} is a pipe that nobody reads` : messageOf(error);
      throw new ArgumentTypeError("report", `cannot be written: ${why}`);
    }
  }

  /** Writes a line. A failure does not stop the transfer; {@link ReportFile.end} reports it. */
  add({ bucket, key, path, size, crc64, etag, versionId, file }: ReportLine): void {
    if (this.#failure !== undefined) return;
    const line = { type: "stored", bucket, key, path, size, crc64, etag, versionId, file };
    try {
      appendFileSync(this.#file, `${JSON.stringify(line)}\n`);
    } catch (error) {
      this.#failure = error;
    }
  }

  /** Flushes and closes the file. Returns the exit code of a command that would have exited with `exitCode`. */
  end(exitCode: number, json: boolean): number {
    try {
      // Pipes and terminals cannot be flushed.
      if (fstatSync(this.#file).isFile()) fsyncSync(this.#file);
      closeSync(this.#file);
    } catch (error) {
      this.#failure ??= error;
    }
    if (this.#failure === undefined) return exitCode;
    const message = `the report ${this.#path} is incomplete, the objects are not: ${messageOf(this.#failure)}`;
    reportFailure(new Error(message), json);
    return exitCode === EXIT.done ? EXIT.failed : exitCode;
  }
}

/** Of a pipe that nobody reads, an ordinary open would wait, and no Ctrl-C would end it. */
function openFile(path: string): number {
  if (statSync(path, { throwIfNoEntry: false })?.isFIFO() !== true) return openSync(path, "w");
  const reader = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    return openSync(path, "w");
  } finally {
    closeSync(reader);
  }
}

/** A report may be written again, but `--report` must not empty the file that is uploaded, or any other. */
function refuseOtherFiles(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined || !stats.isFile() || stats.size === 0) return;
  const start = Buffer.alloc(START.length);
  const file = openSync(path, "r");
  try {
    readSync(file, start);
  } finally {
    closeSync(file);
  }
  if (start.toString() !== START)
    throw new ArgumentTypeError("report", `${path} exists and is no report: give another name`);
}
