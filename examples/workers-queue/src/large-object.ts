import { DurableObject } from "cloudflare:workers";
import { IntegrityError, type WorkersCosClient } from "@cosup/workers";
import { cosOf, type Env, leaseMs, required } from "./env.ts";
import { isFinal, isNotFound, isRefused, reasonOf } from "./failures.ts";
import { findUnsure } from "./find-unsure.ts";
import type {
  LargeObjectLedger,
  LargeResult,
  LargeSource,
  Next,
  PartRange,
  SentPart,
} from "./large-object-ledger.ts";
import { abortUpload, completeVerified, type Target, unfinishedUploads } from "./multipart.ts";
import { PartTable } from "./part-table.ts";
import { headR2 } from "./r2-read.ts";
import type { UnsureUpload } from "./unsure.ts";
import { beforeLostOf, isAbout, newUpload, partCountOf, resultOf, type Upload } from "./upload-state.ts";

const ABORT_PAUSE_MS = 5000;

/**
 * The ledger of one large object: the upload id, the parts that COS has acknowledged, and which delivery sends which
 * range. It alone begins, completes and aborts the upload, one after the other. It touches no upload whose id COS has not
 * told it: that may be of another program.
 */
export class LargeObject extends DurableObject<Env> implements LargeObjectLedger {
  readonly #parts = new PartTable(this.ctx.storage.sql);
  #turn: Promise<unknown> = Promise.resolve();

  begin(source: LargeSource, round: number): Promise<{ announced: boolean } | LargeResult> {
    return this.#inTurn(async () => {
      const upload = this.#upload;
      // Another delivery of the message may have been under way when the object failed: nobody would end what it begins.
      const again = upload?.state === "beginning" || (upload?.state === "failed" && upload.round < round);
      if (upload !== undefined && isAbout(upload, source) && !again) {
        return resultOf(upload) ?? { announced: upload.announced === true };
      }
      try {
        await this.#initiate(source, round, upload);
      } catch (error) {
        if (!isFinal(error)) throw error;
        return this.#end(this.#upload ?? newUpload(source, round, []), reasonOf(error));
      }
      return { announced: false };
    });
  }

  async announced(etag: string): Promise<void> {
    const upload = this.#upload;
    if (upload?.etag === etag) this.#save({ ...upload, announced: true });
  }

  async next(range: PartRange, delivery: string, sent: SentPart | undefined): Promise<Next> {
    const upload = this.#upload;
    if (upload === undefined || upload.state === "beginning") return { do: "begin" };
    if (!isAbout(upload, range)) return { do: "nothing" };
    const result = resultOf(upload);
    if (result !== undefined) return { do: "report", result };
    const { uploadId = "" } = upload;
    if (sent?.uploadId === uploadId) this.#parts.record(sent);
    const partNumber = this.#parts.missing(range);
    if (partNumber === undefined) return { do: this.#isWhole(upload) ? "complete" : "nothing" };
    const waitMs = this.#parts.lease(range, delivery, leaseMs(this.env));
    if (waitMs > 0) return { do: "wait", seconds: Math.ceil(waitMs / 1000) };
    return { do: "send", partNumber, uploadId };
  }

  complete(etag: string): Promise<LargeResult> {
    return this.#inTurn(async () => {
      const upload = this.#upload;
      if (upload?.etag !== etag) return { state: "failed", error: "another version is being moved" };
      const result = resultOf(upload);
      if (result !== undefined) return result;
      const tried = upload.state === "completing";
      this.#save({ ...upload, state: "completing" });
      const { uploadId = "" } = upload;
      const parts = this.#parts.all();
      try {
        const crc64 = await completeVerified(this.#cos(), this.#target(upload), uploadId, parts, tried);
        const unsure = await this.#unsure(upload);
        this.#save({ ...upload, state: "done", crc64, unsure });
        return { state: "done", crc64, unsure };
      } catch (error) {
        if (!isFinal(error) && !(error instanceof IntegrityError)) throw error;
        const lost = isNotFound(error) ? "COS does not know the upload any more: " : "";
        return this.#end(upload, lost + reasonOf(error));
      }
    });
  }

  fail(etag: string, error: string): Promise<LargeResult> {
    return this.#inTurn(async () => {
      const upload = this.#upload;
      if (upload?.etag !== etag) return { state: "failed", error };
      return resultOf(upload) ?? this.#end(upload, error);
    });
  }

  async release(range: PartRange, delivery: string): Promise<void> {
    this.#parts.endLease(range, delivery);
  }

  async giveUp(range: PartRange): Promise<LargeResult | "done" | "busy"> {
    const upload = this.#upload;
    if (upload !== undefined && isAbout(upload, range) && resultOf(upload) === undefined) {
      if (this.#isWhole(upload)) return this.complete(range.etag);
      if (this.#parts.missing(range) === undefined) return "done";
      if (this.#parts.isLent(range)) return "busy";
    }
    const parts = `parts ${range.first} to ${range.last}`;
    return this.fail(range.etag, `${parts} were delivered too often without success`);
  }

  /** Aborts the upload of a move that has failed, when COS could not do it at once. */
  override async alarm(): Promise<void> {
    await this.#inTurn(async () => {
      const upload = this.#upload;
      if (upload?.state === "failed") await this.#abort(upload);
    });
  }

  /** Begins an upload, and aborts the one before it, if its id is known. */
  async #initiate(source: LargeSource, round: number, before: Upload | undefined): Promise<void> {
    const cos = this.#cos();
    const target = this.#target(source);
    const unfinished = await unfinishedUploads(cos, target);
    const ours = before === undefined ? undefined : openUploadOf(before);
    if (ours !== undefined) await abortUpload(cos, target, ours);
    const others = unfinished.filter((id) => id !== ours);
    const upload = newUpload(source, round, others, before);
    this.#parts.clear();
    this.#save(upload);
    const storedAs = await headR2(required(this.env, "R2"), source);
    // Only this marker says that the id of an upload was lost with the isolate, so it is on disk first.
    this.#save({ ...upload, asked: true });
    await this.ctx.storage.sync();
    try {
      const { UploadId } = await cos.createMultipartUpload({ ...target, ...storedAs });
      this.#save({ ...upload, state: "sending", uploadId: UploadId });
    } catch (error) {
      if (isRefused(error)) this.#save(upload);
      throw error;
    }
  }

  /** The uploads of the key that may be one whose id was lost, or of another program. Nothing is asked if none was lost. */
  async #unsure(upload: Upload): Promise<readonly UnsureUpload[]> {
    const before = beforeLostOf(upload);
    if (before === undefined) return [];
    return findUnsure(this.#cos(), this.#target(upload), [...before, upload.uploadId]);
  }

  async #end(upload: Upload, error: string): Promise<LargeResult> {
    const failed: Upload = { ...upload, state: "failed", error, unsure: await this.#unsure(upload) };
    this.#save(failed);
    await this.#abort(failed);
    return { state: "failed", error, unsure: failed.unsure ?? [] };
  }

  /** Aborts the upload. If COS cannot do it now, an alarm does it later. */
  async #abort(upload: Upload): Promise<void> {
    if (upload.ended) return;
    await this.ctx.storage.setAlarm(Date.now() + ABORT_PAUSE_MS);
    try {
      const ours = openUploadOf(upload);
      if (ours !== undefined) await abortUpload(this.#cos(), this.#target(upload), ours);
      this.#save({ ...upload, ended: true });
      await this.ctx.storage.deleteAlarm();
    } catch (error) {
      console.warn(`the upload to ${upload.targetKey} is aborted later: ${reasonOf(error)}`);
    }
  }

  #isWhole(upload: Upload): boolean {
    return this.#parts.count === partCountOf(upload);
  }

  get #upload(): Upload | undefined {
    return this.ctx.storage.kv.get<Upload>("upload");
  }

  #save(upload: Upload): void {
    this.ctx.storage.kv.put("upload", upload);
  }

  #target({ targetKey }: LargeSource): Target {
    return { Bucket: required(this.env, "COS_BUCKET"), Key: targetKey };
  }

  #cos(): WorkersCosClient {
    // R2 is asked once.
    return cosOf(this.env, 1);
  }

  /** Lets the changes in COS happen one after the other. */
  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(action);
    this.#turn = result.catch(() => {});
    return result;
  }
}

/** The id of the upload in COS, if it is known and not over. */
function openUploadOf({ uploadId, ended, state }: Upload): string | undefined {
  return ended || state === "done" ? undefined : uploadId;
}
