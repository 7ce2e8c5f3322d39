import { readState } from "../ledger/objects.ts";
import { eachFailure, eachResult } from "../ledger/read-results.ts";
import { requireRun } from "../ledger/run-info.ts";
import { eachUpload } from "../ledger/uploads.ts";
import { openLedger, type RunPlace } from "./open-ledger.ts";
import { publicSource } from "./public-source.ts";

/** One line of a report. No text has a secret in it: URLs are without their query. */
export type ReportRow =
  /** COS holds the object, and its CRC64 is that of the source. */
  | {
      readonly type: "object";
      readonly line: number;
      readonly key: string;
      readonly size: number;
      readonly crc64: string;
      readonly etag: string;
      readonly versionId?: string | undefined;
      readonly sent: boolean;
    }
  /** The object failed for good. */
  | {
      readonly type: "failed";
      readonly line: number;
      readonly key: string;
      readonly source: string;
      readonly code: string;
      readonly message: string;
      readonly hint?: string | undefined;
      readonly attempts: number;
    }
  /**
   * A multipart upload that the run began and that is neither completed nor aborted. `in-progress`: its object is under way.
   * `orphan`: nobody needs it; a worker aborts it within minutes. `unsure`: a worker was lost while it began an upload, and
   * the upload with this id is of that key and time; another program may have begun it.
   */
  | {
      readonly type: "upload";
      readonly state: "in-progress" | "orphan" | "unsure";
      readonly key: string;
      readonly uploadId: string | undefined;
      readonly sinceMs: number;
    };

/**
 * Reads what became of each object of a run: first the objects that COS holds, then those that failed, then unfinished
 * uploads. In no order, and in constant memory. While the run goes on, an object may come twice.
 * @throws {FleetError} Redis is missing, or does not know the run
 */
export async function* fleetReport(place: RunPlace): AsyncGenerator<ReportRow> {
  const { ledger, redis } = await openLedger(place);
  try {
    await requireRun(ledger);
    for await (const result of eachResult(ledger)) yield { type: "object", ...result };
    for await (const { line, entry, code, message, hint, attempts } of eachFailure(ledger)) {
      const { key } = entry;
      yield { type: "failed", line, key, source: publicSource(entry.source), code, message, hint, attempts };
    }
    for await (const [, { object, key, uploadId, sinceMs, suspects }] of eachUpload(ledger)) {
      const state = await readState(ledger, object);
      for (const id of suspects ?? []) yield { type: "upload", state: "unsure", key, uploadId: id, sinceMs };
      if (suspects !== undefined) continue;
      const isCurrent = uploadId !== undefined && state?.uploadId === uploadId;
      const kind = uploadId === undefined ? "unsure" : isCurrent ? "in-progress" : "orphan";
      yield { type: "upload", state: kind, key, uploadId, sinceMs };
    }
  } finally {
    redis.disconnect();
  }
}
