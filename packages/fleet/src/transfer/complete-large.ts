import { setTimeout as sleep } from "node:timers/promises";
import { IntegrityError, isCosError } from "@cosup/node";
import { combineCrc64 } from "@cosup/node/digest";
import { TransferError } from "../errors.ts";
import { isListed, isNoSuchUpload, listedParts, withUploadGone } from "./list-parts.ts";
import { objectOf } from "./object-parameters.ts";
import { placeOf } from "./plan-large.ts";
import { hasHeaders } from "./stored-headers.ts";
import { type FoundObject, findStored, type StoredObject } from "./stored-object.ts";
import type { LargeUpload, ObjectResult, PartResult, TransferContext } from "./types.ts";

/** Times that Complete is sent. */
const SENDS = 5;
const FIRST_DELAY_MS = 250;

/** The parts of a large upload that a ledger has. */
export interface CompleteTask extends LargeUpload {
  /** All of them, in any order. */
  readonly parts: readonly PartResult[];
}

/** COS does not hold all parts of an upload. */
export class PartsMissingError extends TransferError {
  /** Their numbers, in ascending order. */
  readonly partNumbers: readonly number[];

  /** Created by {@link completeLarge}. */
  constructor(partNumbers: readonly number[], where: string) {
    super(`${partNumbers.length} parts are missing ${where}, the first is ${partNumbers[0]}`, {
      code: "parts-missing",
      retryable: true,
    });
    this.partNumbers = partNumbers;
  }
}

/**
 * Publishes a large object when all its parts are there, and verifies it by the CRC64 combined from theirs. Called again
 * after it has succeeded, it finds the object and succeeds.
 * @throws {PartsMissingError} the task or COS lacks some of them: store these ranges again
 * @throws {TransferError} `upload-gone`: COS does not know the upload, and the object at the key is another one
 * @throws {IntegrityError} the object is not the source
 */
export async function completeLarge(context: TransferContext, task: CompleteTask): Promise<ObjectResult> {
  const parts = requireAllParts(task);
  const expected = { size: task.facts.size, crc64: crc64Of(task, parts) };
  for (let sends = 1; ; sends += 1) {
    // The truth, before each Complete: COS publishes whatever parts it holds under these numbers.
    const open = await requireListed(context, task, parts).catch((error: unknown) => {
      if (isNoSuchUpload(error)) return false;
      throw error;
    });
    if (!open) return published(context, task, expected);
    try {
      return await complete(context, task, parts, expected);
    } catch (error) {
      if (context.signal.aborted || error instanceof IntegrityError || sends === SENDS) throw error;
      if (!mayRepeat(error)) throw error;
    }
    await sleep(FIRST_DELAY_MS * 2 ** sends * Math.random(), undefined, { signal: context.signal });
  }
}

/** Whether the loop shall look what COS has done. */
function mayRepeat(error: unknown): boolean {
  if (!isCosError(error)) return false;
  const lostOrBusy =
    error.retryable || error.code === "outcome-unknown" || error.code === "unexpected-response";
  return lostOrBusy || isNoSuchUpload(error);
}

function requireAllParts({ facts, plan, parts }: CompleteTask): PartResult[] {
  const byNumber = new Map(parts.map((part) => [part.partNumber, part]));
  const all: PartResult[] = [];
  const missing: number[] = [];
  for (let number = 1; number <= plan.partCount; number += 1) {
    const part = byNumber.get(number);
    if (part?.size === placeOf(number, facts, plan).length) all.push(part);
    else missing.push(number);
  }
  if (missing.length > 0) throw new PartsMissingError(missing, "in the ledger");
  return all;
}

/** The CRC64 that the object must have. */
function crc64Of({ facts }: CompleteTask, parts: readonly PartResult[]): string {
  if (facts.crc64 !== undefined) return facts.crc64;
  return parts.reduce((whole, { crc64 = "0", size }) => combineCrc64(whole, crc64, size), "0");
}

/** @returns true: COS knows the upload, and holds all its parts */
async function requireListed(
  context: TransferContext,
  task: CompleteTask,
  parts: readonly PartResult[],
): Promise<boolean> {
  const listed = await listedParts(context, task, { from: 1, to: task.plan.partCount });
  const missing = parts.filter((part) => !isListed(part, listed.get(part.partNumber)));
  if (missing.length > 0)
    throw new PartsMissingError(
      missing.map(({ partNumber }) => partNumber),
      "in COS",
    );
  return true;
}

async function complete(
  context: TransferContext,
  { entry, uploadId }: CompleteTask,
  parts: readonly PartResult[],
  expected: StoredObject,
): Promise<ObjectResult> {
  const Part = parts.map(({ partNumber, etag }) => ({ PartNumber: partNumber, ETag: etag }));
  const request = { ...objectOf(context, entry), UploadId: uploadId, MultipartUpload: { Part } };
  const { crc64, ETag, versionId } = await context.cos.completeMultipartUpload(request);
  if (crc64 !== expected.crc64) {
    // A wrong or missing checksum of the response may be an error in it alone: HEAD decides.
    const stored = await findStored(context, entry.key);
    if (stored?.crc64 !== expected.crc64 || stored.size !== expected.size) throw isAnother(expected, stored);
  }
  return { key: entry.key, ...expected, etag: ETag, versionId, sent: true };
}

/** COS does not know the upload: an earlier Complete has published it, or somebody has aborted it. */
async function published(
  context: TransferContext,
  { entry }: CompleteTask,
  expected: StoredObject,
): Promise<ObjectResult> {
  const stored = await findStored(context, entry.key);
  // Equal bytes do not say who published them: with other headers, it was another program.
  if (stored?.crc64 !== expected.crc64 || stored.size !== expected.size || !hasHeaders(stored, entry))
    throw withUploadGone({ cosCode: "NoSuchUpload" });
  return { key: entry.key, ...expected, etag: stored.etag, versionId: stored.versionId, sent: false };
}

function isAnother(expected: StoredObject, actual: FoundObject | undefined): IntegrityError {
  return new IntegrityError("the object in COS is not the source (size, CRC64)", {
    expected: `${expected.size}, ${expected.crc64}`,
    actual: actual === undefined ? "no object" : `${actual.size}, ${actual.crc64}`,
  });
}
