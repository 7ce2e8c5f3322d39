import type { CosClient } from "@cosup/node";
import type { ManifestEntry } from "../manifest/entry.ts";

/** Where and how the objects of a run are stored. One context serves any number of entries at once. */
export interface TransferContext {
  /** A client of `@cosup/node`, in the region of the bucket. */
  readonly cos: CosClient;
  /** BucketName-APPID of all objects of the run. */
  readonly bucket: string;
  /** The bucket's region, which is that of `cos://` sources as well. Only these need it. */
  readonly region?: string | undefined;
  /** Stops the work; the promise rejects with its reason. */
  readonly signal: AbortSignal;
  /** Parts of one range that are sent at once, 1 to 100; default 4. */
  readonly concurrency?: number | undefined;
  /**
   * Bytes of the parts of one range that are in memory at once; default 64 MiB. Fewer parts are then sent at once, but always
   * one.
   */
  readonly memoryBudget?: number | undefined;
  /** Receives the number of bytes that COS has just stored. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/** An object that COS holds, and that is the source. */
export interface ObjectResult {
  /** The object's key. */
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** CRC64-ECMA of the object as unsigned decimal. */
  readonly crc64: string;
  /** With its quotes, as COS returns it. */
  readonly etag: string;
  /** In buckets with versioning. */
  readonly versionId?: string | undefined;
  /** Whether this call sent it; false: COS held it already. */
  readonly sent: boolean;
}

/** What is known of a source before its bytes are read. JSON, without secrets: a ledger holds it. */
export interface SourceFacts {
  /** How it is read. */
  readonly kind: "file" | "http" | "cos";
  /** Bytes. */
  readonly size: number;
  /** Compared before and after each range: a source with another one has changed. */
  readonly fingerprint: string;
  /** CRC64-ECMA of the whole source: of `cos` sources, by which their copies are verified. */
  readonly crc64?: string | undefined;
  /** True: the server of a URL ignores `Range`, so that only a small object can be read. */
  readonly withoutRanges?: true | undefined;
  /** True: a URL has neither ETag nor Last-Modified, so that only a small object, in one response, can be read. */
  readonly withoutVersion?: true | undefined;
}

/** Parts from `from` to `to`, both included; the first part is 1. */
export interface PartRange {
  /** 1 to 10 000. */
  readonly from: number;
  /** `from` to 10 000. */
  readonly to: number;
}

/** How a large object is cut. JSON: a ledger holds it. */
export interface LargePlan {
  /** Bytes of each part but the last. */
  readonly partSize: number;
  /** 1 to 10 000. */
  readonly partCount: number;
  /** All parts in ascending order, in ranges that are one job each. */
  readonly ranges: readonly PartRange[];
}

/** A part that COS holds. JSON: a ledger holds it. */
export interface PartResult {
  /** 1 to 10 000. */
  readonly partNumber: number;
  /** Bytes. */
  readonly size: number;
  /** With its quotes, as COS returns it. */
  readonly etag: string;
  /** CRC64-ECMA of the part as unsigned decimal; undefined where it was copied inside COS. */
  readonly crc64?: string | undefined;
  /** Whether this call sent it; false: COS held it already. */
  readonly sent: boolean;
}

/** What the steps after `initiateLarge()` need. */
export interface LargeUpload {
  /** The entry of the manifest. */
  readonly entry: ManifestEntry;
  /** What the source was when the upload began. */
  readonly facts: SourceFacts;
  /** How it is cut. */
  readonly plan: LargePlan;
  /** The id of the multipart upload. */
  readonly uploadId: string;
}

/** One range of a large object. */
export interface RangeTask extends LargeUpload, PartRange {
  /** Parts that a ledger has: they are not sent again. */
  readonly known: readonly PartResult[];
  /** False: nobody has begun this range before, so that COS need not be asked which parts it holds. Default true. */
  readonly isRepeat?: boolean | undefined;
  /** Receives each part as soon as COS holds it, in any order, those that it held before included. */
  readonly onPart?: ((part: PartResult) => void | Promise<void>) | undefined;
}
