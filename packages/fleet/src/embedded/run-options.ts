import type { CosClient } from "@cosup/node";
import type { ManifestError } from "../manifest/manifest-error.ts";
import type { ManifestInput } from "../manifest/manifest-lines.ts";
import type { ManifestOptions } from "../manifest/read-manifest.ts";
import type { Failure } from "../transfer/failure.ts";
import type { ObjectResult, TransferContext } from "../transfer/types.ts";

/** Options of {@link runManifest}. */
export interface RunOptions extends Pick<ManifestOptions, "root" | "prefix" | "onBadLine"> {
  /** A client of `@cosup/node`, in the region of the bucket. */
  readonly cos: CosClient;
  /** BucketName-APPID of all objects. */
  readonly bucket: string;
  /** The bucket's region; only `cos://` sources need it. */
  readonly region?: string | undefined;
  /** What to store. */
  readonly manifest: ManifestInput;
  /** Path of the ledger. The same one resumes the run, to the same bucket and prefix; it is kept, and has the CRC64 of every object. */
  readonly ledger: string;
  /** Objects under way at once, 1 to 1000; default 8. At most two of them are large. */
  readonly objects?: number | undefined;
  /** Parts of one large object that are sent at once, 1 to 100; default 4. */
  readonly concurrency?: number | undefined;
  /** Bytes of parts that are in memory at once, but one part for each of the two large objects; default 64 MiB. */
  readonly memoryBudget?: number | undefined;
  /** Bytes of a part: whole MiB, 1 MiB to 5 GiB; default 8 MiB, and 64 MiB for copies inside COS. */
  readonly partSize?: number | undefined;
  /** Attempts for each entry, 1 to 100; default 3. The requests of each are retried as well. */
  readonly attempts?: number | undefined;
  /** Stops the run; the promise rejects with its reason. What is stored is in the ledger. */
  readonly signal?: AbortSignal | undefined;
  /** Receives the totals after each object and each part. */
  readonly onProgress?: ((progress: RunProgress) => void) | undefined;
  /** Receives each object that is stored now, or was found stored. Not those of an earlier run with this ledger. */
  readonly onObject?: ((object: RunObject) => void) | undefined;
  /** Receives each entry that has failed, and what its last attempt has thrown. */
  readonly onFailure?: ((failure: RunFailure, error: unknown) => void) | undefined;
  /** Receives each upload in parts that is left when the run is stopped: the next one with this ledger goes on with it. */
  readonly onUnfinished?: ((upload: UnfinishedObject) => void) | undefined;
  /** Receives each line that is skipped, with `onBadLine: "skip"`. */
  readonly onSkipped?: ((error: ManifestError) => void) | undefined;
}

/** An object, and its line in the manifest. */
export interface RunObject extends ObjectResult {
  /** From 1 on. */
  readonly line: number;
  /** The source, a URL without its query. */
  readonly source: string;
  /** Requests of this run that carried bytes, or copied them: parts, or one. */
  readonly partsSent: number;
  /** Parts that COS held before this run. */
  readonly partsResumed: number;
}

/** A large object of which COS holds some parts. */
export interface UnfinishedObject {
  /** Of the manifest, from 1 on. */
  readonly line: number;
  /** The object's key. */
  readonly key: string;
  /** The id of its upload. */
  readonly uploadId: string;
  /** Bytes of the object. */
  readonly size: number;
  /** Parts that COS holds. */
  readonly parts: number;
  /** Their bytes. */
  readonly bytes: number;
}

/** An entry that could not be stored. */
export interface RunFailure extends Failure {
  /** From 1 on. */
  readonly line: number;
  /** The object's key. */
  readonly key: string;
  /** The source, a URL without its query. */
  readonly source: string;
}

/** How far a run is. */
export interface RunProgress {
  /** Objects that this run has sent. */
  readonly sent: number;
  /** Objects that COS held already, as this run has found out. */
  readonly unchanged: number;
  /** Objects that an earlier run with this ledger has stored. */
  readonly resumed: number;
  /** Entries that have failed. */
  readonly failed: number;
  /** Lines that could not be used. */
  readonly skippedLines: number;
  /** Bytes that COS has stored in this run, those of parts included. */
  readonly bytesSent: number;
  /** Bytes of parts that COS held before this run, of objects that it goes on with. */
  readonly bytesResumed: number;
}

/** An upload in parts that may be this run's: it was begun, and the response that names it was lost. */
export interface PossibleOrphan {
  /** The object's key. */
  readonly key: string;
  /** Its id. */
  readonly uploadId: string;
}

/** What a run has done. */
export interface RunResult extends RunProgress {
  /** The first 1000 failures; the ledger has all. */
  readonly failures: readonly RunFailure[];
  /** Uploads of failed entries, whose parts the next run with this ledger uses. */
  readonly unfinishedUploads: readonly PossibleOrphan[];
  /** Uploads that nobody may know: look at them, and abort them. */
  readonly possibleOrphans: readonly PossibleOrphan[];
}

/** What the parts of a run share. */
export interface RunContext extends TransferContext {
  readonly partSize: number | undefined;
  readonly attempts: number;
  /** Receives the bytes of each part that COS held before this run. */
  readonly onResumed: (bytes: number) => void;
}
