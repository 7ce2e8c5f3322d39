import { readState } from "../ledger/objects.ts";
import { eachFailure, eachResult } from "../ledger/read-results.ts";
import { requireRun } from "../ledger/run-info.ts";
import { eachUpload, type UploadNote } from "../ledger/uploads.ts";
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
   * `orphan`: nobody needs it; a worker aborts it within minutes. `unsure`: a worker or Redis was lost before the id of an upload
   * was known, and this one is of that key; another program may have begun it, so that no worker touches it.
   */
  | {
      readonly type: "upload";
      readonly state: "in-progress" | "orphan" | "unsure";
      readonly key: string;
      /** Undefined: no worker has asked COS for it yet; there may be none. */
      readonly uploadId: string | undefined;
      readonly sinceMs: number;
      /** Of an `unsure` one: the command that lists it, or aborts it. */
      readonly hint?: string | undefined;
    };

/**
 * Reads what became of each object of a run: first the objects that COS holds, then those that failed, then unfinished
 * uploads. In no order, and in constant memory. While the run goes on, an object may come twice.
 * @throws {FleetError} Redis is missing, or does not know the run
 */
export async function* fleetReport(place: RunPlace): AsyncGenerator<ReportRow> {
  const { ledger, redis } = await openLedger(place);
  try {
    const { bucket } = await requireRun(ledger);
    for await (const result of eachResult(ledger)) yield { type: "object", ...result };
    for await (const { line, entry, code, message, hint, attempts } of eachFailure(ledger)) {
      const { key } = entry;
      yield { type: "failed", line, key, source: publicSource(entry.source), code, message, hint, attempts };
    }
    for await (const [, upload] of eachUpload(ledger)) {
      const { object, key, uploadId, sinceMs } = upload;
      if (uploadId === undefined) yield* unsureRows(bucket, upload);
      else {
        const isCurrent = (await readState(ledger, object))?.uploadId === uploadId;
        yield { type: "upload", state: isCurrent ? "in-progress" : "orphan", key, uploadId, sinceMs };
      }
    }
  } finally {
    redis.disconnect();
  }
}

/** One row for each upload that may be it; one without an id as long as no worker has looked. */
function* unsureRows(bucket: string, { key, sinceMs, suspects }: UploadNote): Generator<ReportRow> {
  const row = { type: "upload", state: "unsure", key, sinceMs } as const;
  const target = quoted(`cos://${bucket}/${key}`);
  if (suspects === undefined) yield { ...row, uploadId: undefined, hint: `cosup uploads ls ${target}` };
  for (const uploadId of suspects ?? [])
    yield { ...row, uploadId, hint: `cosup uploads abort ${target} --upload-id ${uploadId}` };
}

/** As one word of a shell. */
function quoted(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
