import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { ArgumentTypeError, type NodeCosClient, SourceError } from "@cosup/node";
import type { ReportLine } from "../report-file.ts";
import { digestFile } from "../source-files.ts";
import { unreadable } from "../unreadable.ts";
import { type Checked, compareDigest, headOf } from "./check-compare.ts";

/**
 * Reads a report line by line.
 * @throws {TypeError} a line is no line of a report
 * @throws {SourceError} the file is missing or cannot be read
 */
export async function* reportLines(path: string): AsyncGenerator<ReportLine, void, undefined> {
  const input = createReadStream(path);
  let line = 0;
  try {
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      line += 1;
      if (text !== "") yield parseLine(text, `line ${line} of ${path}`);
    }
  } catch (error) {
    throw error instanceof ArgumentTypeError ? error : unreadable(path, error);
  } finally {
    input.destroy();
  }
}

function parseLine(text: string, where: string): ReportLine {
  try {
    const line: unknown = JSON.parse(text);
    if (isReportLine(line)) return line;
  } catch {
    // No JSON.
  }
  throw new ArgumentTypeError("from", `${where} is not of a report of --report`);
}

function isReportLine(value: unknown): value is ReportLine {
  if (typeof value !== "object" || value === null) return false;
  const { type, bucket, key, path, size, crc64, file } = value as Record<string, unknown>;
  return (
    type === "stored" &&
    [bucket, key, crc64].every((text) => typeof text === "string") &&
    (path === undefined || typeof path === "string") &&
    typeof size === "number" &&
    (file === undefined || isDigest(file))
  );
}

function isDigest(value: unknown): boolean {
  const { size, crc64 } = (value ?? {}) as Record<string, unknown>;
  return typeof size === "number" && typeof crc64 === "string";
}

/** Compares what the report says of an object with what COS holds now. */
export async function compareWithCos(
  client: NodeCosClient,
  line: ReportLine,
  signal: AbortSignal,
): Promise<Checked> {
  const stored = await headOf(client, line, signal);
  if (stored === undefined) return { status: "missing" };
  if (stored.crc64 === undefined && stored.size === line.size)
    return { status: "unverified", detail: "COS keeps no crc64" };
  return compareDigest({ size: stored.size, crc64: stored.crc64 ?? "", md5: undefined }, line);
}

/** Compares what the report says of an object with the local file below `folder`. */
export async function compareWithFile(
  folder: string,
  line: ReportLine,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<Checked> {
  if (line.path === undefined) return { status: "unverified", detail: "the report names no file" };
  try {
    const local = await digestFile(resolve(folder, line.path), {}, signal, onBytes);
    return { ...compareDigest(local, line.file ?? line), bytes: local.size };
  } catch (error) {
    if (error instanceof SourceError && isMissing(error.cause)) return { status: "missing" };
    throw error;
  }
}

function isMissing(cause: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].includes((cause as NodeJS.ErrnoException | undefined)?.code ?? "");
}
