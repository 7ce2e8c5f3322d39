import type { UnsureUpload } from "./unsure.ts";

/** A large object, and how it is cut. */
export interface LargeSource {
  readonly key: string;
  readonly targetKey: string;
  readonly etag: string;
  readonly size: number;
  readonly partSize: number;
}

/** Parts of the version `etag` of the object, cut into parts of `partSize` bytes. */
export interface PartRange {
  readonly etag: string;
  readonly partSize: number;
  readonly first: number;
  readonly last: number;
}

/** A part that COS has acknowledged. */
export interface SentPart {
  readonly uploadId: string;
  readonly partNumber: number;
  readonly etag: string;
  readonly crc64: string;
  readonly size: number;
}

/** What a delivery of a part range does next. */
export type Next =
  | { readonly do: "begin" }
  | { readonly do: "send"; readonly partNumber: number; readonly uploadId: string }
  | { readonly do: "complete" }
  /** Another delivery is sending this range. */
  | { readonly do: "wait"; readonly seconds: number }
  /** The range is done, or it belongs to another version of the object. */
  | { readonly do: "nothing" }
  | { readonly do: "report"; readonly result: LargeResult };

/** How the move of a large object ended. `unsure` is undefined in a result about another version of it. */
export type LargeResult = { readonly unsure?: readonly UnsureUpload[] } & (
  | { readonly state: "done"; readonly crc64: string }
  | { readonly state: "failed"; readonly error: string }
);

/** The remote methods of the Durable Object `LargeObject`. */
export interface LargeObjectLedger extends Rpc.DurableObjectBranded {
  /**
   * Begins the upload unless it has begun. Returns whether the part ranges have been sent as messages already.
   * @param round of the move: what has failed begins again in a later one, and not for a late delivery of the same one
   */
  begin(source: LargeSource, round: number): Promise<{ announced: boolean } | LargeResult>;
  announced(etag: string): Promise<void>;
  /**
   * Records the part that a delivery has sent, and says what it does next.
   * @param delivery names the delivery: another one of the same message has another name
   */
  next(range: PartRange, delivery: string, sent: SentPart | undefined): Promise<Next>;
  complete(etag: string): Promise<LargeResult>;
  /** Ends the move of this version, and aborts the upload. */
  fail(etag: string, error: string): Promise<LargeResult>;
  /** Ends the lease of a delivery that has failed. */
  release(range: PartRange, delivery: string): Promise<void>;
  /** The queue delivers this range no more. `busy`: another message is sending it; ask again later. */
  giveUp(range: PartRange): Promise<LargeResult | "done" | "busy">;
}
